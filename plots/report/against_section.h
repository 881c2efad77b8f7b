#pragma once
// Each server of a scenario beside the one that is first: ratios with their intervals.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A section of a scenario in the Markdown report: one table, whatever the number of runs; "" where nobody
/// can be put beside anybody.
std::string against_section(const results::Comparison& comparison,
                            const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
