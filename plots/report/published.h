#pragma once
// The figures that others published, beside ours.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A section of the Markdown report; the scenario must have published figures.
std::string published_section(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
