#pragma once
// The cost model in the Markdown report.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// Heading, what is predicted from what, a table for each scenario, and who is not explained; "" where no run
/// recorded what primitives cost.
std::string cost_model_section(const results::Comparison& comparison);

}  // namespace threadmill::plots
