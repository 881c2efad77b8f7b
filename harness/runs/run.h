#pragma once
// The straight line: plan, trials, results, report.

#include "harness/runs/resume.h"
#include "harness/runs/run_plan.h"

namespace threadmill::harness {

/// Does what `threadmill run` and `threadmill study` do and returns its exit code. Throws InputError before
/// anything is started, and results::ResultError when results cannot be kept.
int run(const RunRequest& request);

/// Goes on with a run that was begun: makes the trials that `begun` has not, and returns the exit code of the
/// whole. `request` is the one that it was begun with. Throws InputError before anything is started or
/// written, and results::ResultError.
int resume(const RunRequest& request, BegunRun begun);

}  // namespace threadmill::harness
