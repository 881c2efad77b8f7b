#pragma once
// What the report and the chart say of a server beside the first one, in the same words. Pure functions.

#include <string>

#include "results/comparison/against.h"

namespace threadmill::plots {

/// What a metric of Against is called over a column or a panel: "requests/s", "CPU-µs/delivery", "p99 of
/// service time".
std::string against_title(const results::ScenarioComparison& scenario, results::Metric metric);

/// "0.621×"; "≥ 0.621×" where the load generator hid a part of it. There must be a ratio.
std::string against_ratio(const results::AgainstRatio& against);

/// "0.621× (0.604 to 0.650), behind"; "behind in all" where the bounds are only the range of a few repeats;
/// "–" without a ratio.
std::string against_cell(const results::AgainstRatio& against);

/// Whether something can be said of somebody beside the first one, in any scenario.
bool has_against(const results::Comparison& comparison);

}  // namespace threadmill::plots
