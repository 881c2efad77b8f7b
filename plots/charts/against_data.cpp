#include "plots/charts/against_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/words/against_words.h"
#include "plots/words/cells.h"
#include "results/comparison/against.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Against;
using results::AgainstRatio;
using results::Rival;

/// What ranks them, of each rival.
const AgainstRatio* ranking_ratio(const Against& against, const Rival& rival) {
  const auto found = std::find_if(rival.ratios.begin(), rival.ratios.end(), [&](const AgainstRatio& ratio) {
    return ratio.metric == against.ranked_by;
  });
  return found == rival.ratios.end() ? nullptr : &*found;
}

/// One run of one scenario.
class AgainstPanel {
 public:
  AgainstPanel(const results::ScenarioComparison& scenario, const Against& against)
      : against_(against),
        what_(fmt::format("{} ÷ {}'s", against_title(scenario, against.ranked_by),
                          short_label(against.leader->label, false))) {}

  void add(const ChartRow& row, json& records) const {
    if (row.row == against_.leader) return records.push_back(record(row, "first", "first", "first"));
    for (const Rival& rival : against_.rivals) {
      if (rival.row != row.row) continue;
      if (rival.ratios.empty()) return records.push_back(record(row, "invalid", "cannot be told", "invalid"));
      const AgainstRatio* ratio = ranking_ratio(against_, rival);
      if (ratio != nullptr && ratio->ratio) records.push_back(ratio_record(row, *ratio));
    }
  }

 private:
  json record(const ChartRow& row, const char* kind, std::string_view position,
              const std::string& text) const {
    json made = row.record(what_);
    made["kind"] = kind;
    made["value"] = 1;
    made["position"] = position;
    made["text"] = text;
    return made;
  }

  json ratio_record(const ChartRow& row, const AgainstRatio& ratio) const {
    json made = record(row, "ratio", results::position_name(ratio.position), against_ratio(ratio));
    made["value"] = six_digits(ratio.ratio->ratio);
    made["repeats"] = ratio.ratio->first_count;
    if (const auto& bounds = ratio.bounds) {
      made["low"] = six_digits(bounds->low);
      made["high"] = six_digits(bounds->high);
      made["confidence"] = six_digits(100 * bounds->confidence);
    }
    return made;
  }

  const Against& against_;
  std::string what_;
};

}  // namespace

void add_against_data(const results::Comparison& comparison, const std::vector<ChartRow>& rows, json& sets) {
  for (const auto& scenario : comparison.scenarios) {
    for (const Against& against : results::against_leaders(comparison, scenario)) {
      const AgainstPanel panel(scenario, against);
      for (const ChartRow& row : rows)
        if (row.scenario == &scenario) panel.add(row, sets["against"]);
    }
  }
}

}  // namespace threadmill::plots
