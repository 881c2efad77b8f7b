#pragma once
// All that is needed to draw charts, by whoever draws them.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "plots/charts/specifications.h"

namespace threadmill::plots {

struct ChartSet {
  nlohmann::json theme;       ///< read_theme()
  std::vector<Chart> charts;  ///< those that have something to draw, in the order of a report
  nlohmann::json datasets;    ///< an object of arrays: every data set, drawn or not
};

/// The specifications in `folder` that have something to draw in these data sets (plots/charts/chart_data.h).
/// A chart whose first data set is missing or empty is left out. Throws SpecificationError.
ChartSet chart_set(nlohmann::json data_sets, const std::filesystem::path& folder);

/// {"theme": {..}, "charts": [{"name", "title", "sets", "specification"}, ..], "datasets": {"NAME": [..],
/// ..}}
nlohmann::json to_json(const ChartSet& charts);

}  // namespace threadmill::plots
