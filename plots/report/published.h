#pragma once
// The figures that others published, beside ours.

#include <string>

#include "plots/text/table.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// Whether figures are shown of servers that did not take part.
enum class Unmeasured { left_out, shown };

/// A line for each published figure, in Markdown; the scenario must have published figures.
Table published_table(const results::ScenarioComparison& scenario, Unmeasured unmeasured);

/// A section of the Markdown report; the scenario must have published figures.
std::string published_section(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
