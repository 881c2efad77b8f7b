#include "plots/charts/ceiling_data.h"

#include <algorithm>

#include "plots/text/text.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Row;

/// The ceiling that the row was measured beside; nullptr where there is none with good figures.
const Row* ceiling_beside(const ChartRow& row) {
  const auto& rows = row.scenario->rows;
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& other) {
    return other.ceiling && other.run == row.row->run && results::is_comparable(other);
  });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

void add_ceiling_data(const ChartRow& row, json& sets) {
  const Row* ceiling = ceiling_beside(row);
  // At a rate that is set, all do the same: that is no distance.
  if (ceiling == nullptr || row.scenario->open) return;
  const auto add = [&](const char* kind, double share, const std::string& text) {
    json record = row.record("% of the ceiling");
    record["kind"] = kind;
    record["value"] = six_digits(100 * share);
    record["text"] = text;
    sets["of_ceiling"].push_back(std::move(record));
  };
  if (row.row->ceiling) return add("median", 1, "100 %");
  if (!results::is_comparable(*row.row)) return add("median", 0, "invalid");
  if (!row.row->of_ceiling) return;
  const double median = row.row->of_ceiling->median;
  // Where the generator held the ceiling back too, nobody can say on which side the proportion lies.
  const bool at_least = row.row->is_generator_bound() && !ceiling->is_generator_bound();
  add("median", median, (at_least ? "≥ " : "") + number(100 * median) + " %");
  for (const double ratio : results::paired_ratios(*row.row, *ceiling, row.scenario->main_metric))
    add("trial", ratio, number(100 * ratio) + " %");
}

}  // namespace threadmill::plots
