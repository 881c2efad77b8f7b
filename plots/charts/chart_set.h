#pragma once
// All that is needed to draw the charts of a comparison, by whoever draws them.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "plots/charts/specifications.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

struct ChartSet {
  nlohmann::json theme;        ///< read_theme()
  std::vector<Chart> charts;   ///< those that have something to draw, in the order of a report
  nlohmann::json datasets;     ///< chart_data(): every data set, drawn or not
};

/// The specifications in `folder` that have data in this comparison. A chart whose first data set is missing
/// or empty is left out. Throws SpecificationError.
ChartSet chart_set(const results::Comparison& comparison, const std::filesystem::path& folder);

/// {"theme": {..}, "charts": [{"name", "title", "sets", "specification"}, ..], "datasets": {"NAME": [..], ..}}
nlohmann::json to_json(const ChartSet& charts);

}  // namespace threadmill::plots
