#pragma once
// `threadmill sweep`: the capacity of each model under a service level, by search.

#include <cstdint>
#include <optional>

#include "harness/runs/run_plan.h"
#include "harness/sweep/sweep_level.h"
#include "results/sweep/capacity_search.h"
#include "results/sweep/service_level.h"

namespace threadmill::harness {

/// The arguments of `threadmill sweep`.
struct SweepRequest {
  RunRequest run;  ///< one scenario; `repeats`: searches for each subject
  SweepOver over = SweepOver::rate;
  results::ServiceLevel service_level;
  std::uint64_t max_errors = 0;  ///< of a probe: errors and integrity violations together
  std::optional<results::Level> from, to;
  double precision = 0.05;  ///< a share
  std::optional<double> time_limit_s;
};

/// Does what `threadmill sweep` does and returns its exit code: kInconclusive where nothing can be said of a
/// model. Throws InputError before anything is started, and results::ResultError when results cannot be kept.
int sweep(const SweepRequest& request);

}  // namespace threadmill::harness
