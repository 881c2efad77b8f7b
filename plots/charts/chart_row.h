#pragma once
// A row of a comparison as charts see it: what all of its records in all data sets have in common.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plots/words/colours.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// Points into the comparison that it was made from.
struct ChartRow {
  const results::ScenarioComparison* scenario = nullptr;
  const results::Row* row = nullptr;
  nlohmann::json common;  ///< scenario, panel_order, subject, order, color, dash, state, ceiling

  /// A new record: `common`, and a panel called "TITLE (what)".
  nlohmann::json record(const std::string& what) const;
};

/// All rows, scenario by scenario.
std::vector<ChartRow> chart_rows(const results::Comparison& comparison, Colours& colours);

inline constexpr double kNsPerUs = 1000;

/// Rounded to six significant digits: enough for every picture, and short in a file.
double six_digits(double value);

}  // namespace threadmill::plots
