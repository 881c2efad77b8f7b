#pragma once
// How a generator's program gets its plan.

#include <istream>
#include <string>

#include "loadgen/plan.h"

namespace threadmill::load {

/// All of the input, or its first line only, where more follows (--gates).
std::string read_plan_text(std::istream& in, bool first_line_only);

/// Throws PlanError, also for what is no JSON.
Plan parse_plan_text(const std::string& text);

}  // namespace threadmill::load
