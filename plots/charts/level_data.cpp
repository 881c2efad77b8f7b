#include "plots/charts/level_data.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "plots/charts/cell_data.h"
#include "plots/words/family_words.h"
#include "results/comparison/load_family.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;

/// One family as one panel.
class LevelPanel {
 public:
  LevelPanel(std::string heading, std::size_t place) : heading_(std::move(heading)), place_(place) {}

  void add(const ChartRow& row, double level, json& records) {
    json record = cell_record(row);
    record["panel"] = heading_;
    record["panel_order"] = place_;
    record["order"] = order_of_.try_emplace(row.row->label, order_of_.size()).first->second;
    record["level"] = level;
    records.push_back(std::move(record));
  }

 private:
  std::string heading_;
  std::size_t place_;
  std::map<std::string, std::size_t> order_of_;  // by label
};

}  // namespace

void add_level_data(const results::Comparison& comparison, const std::vector<ChartRow>& rows, json& sets) {
  for (const results::FactorTraits& traits : results::factors()) {
    const auto families = results::load_families(comparison, {traits.factor});
    const auto headings = family_headings(families);
    for (std::size_t place = 0; place < families.size(); ++place) {
      LevelPanel panel(headings[place], place);
      for (const results::FamilyMember& member : families[place].members) {
        for (const ChartRow& row : rows) {
          if (row.scenario == &comparison.scenarios[member.scenario])
            panel.add(row, member.levels.front(), sets[fmt::format("by_{}", traits.name)]);
        }
      }
    }
  }
}

}  // namespace threadmill::plots
