#include "plots/charts/chart_row.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {

nlohmann::json ChartRow::record(const std::string& what) const {
  nlohmann::json record = common;
  record["panel"] = fmt::format("{} ({})", plain(scenario->title, 44), what);
  return record;
}

std::vector<ChartRow> chart_rows(const results::Comparison& comparison, Colours& colours) {
  std::vector<ChartRow> rows;
  for (std::size_t place = 0; place < comparison.scenarios.size(); ++place) {
    const auto& scenario = comparison.scenarios[place];
    for (std::size_t order = 0; order < scenario.rows.size(); ++order) {
      const results::Row& row = scenario.rows[order];
      nlohmann::json common = {{"scenario", plain(scenario.name)},
                               {"panel_order", place},
                               {"subject", short_label(row.label, row.ceiling)},
                               {"order", order},
                               {"color", colours.of(row.subject, row.ceiling, row.run)},
                               {"dash", dash_of(row.subject, row.run)},
                               {"state", results::cell_state_name(results::judge_cell(row).state)},
                               {"ceiling", row.ceiling}};
      rows.push_back({&scenario, &row, std::move(common)});
    }
  }
  return rows;
}

double six_digits(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const int power = 5 - static_cast<int>(std::floor(std::log10(std::abs(value))));
  // A power of ten with a negative exponent is no exact double: divide by its inverse.
  const double scale = std::pow(10.0, std::abs(power));
  return power >= 0 ? std::round(value * scale) / scale : std::round(value / scale) * scale;
}

}  // namespace threadmill::plots
