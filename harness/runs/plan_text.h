#pragma once
// A plan for people to read before they spend the time.

#include <string>

#include "harness/runs/run_plan.h"

namespace threadmill::harness {

/// What would be run, a line for each scenario, and how long that takes at least.
std::string plan_text(const RunPlan& plan);

}  // namespace threadmill::harness
