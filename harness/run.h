#pragma once
// The straight line: plan, trials, results, report.

#include "harness/run_plan.h"

namespace threadmill::harness {

/// Does what `threadmill run` does and returns its exit code. Throws InputError before anything is started,
/// and results::ResultError when results cannot be kept.
int run(const RunRequest& request);

}  // namespace threadmill::harness
