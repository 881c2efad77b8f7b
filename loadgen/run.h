#pragma once
// A whole run: threads, phases, gates, report.

#include <functional>
#include <string_view>

#include "loadgen/plan.h"
#include "loadgen/report.h"

namespace threadmill::load {

/// Called between phases, while nothing is sent: "start" (before connecting; bystanders are there),
/// "connected" (not with MeasureFrom::connect), "warm" (after a warm-up, in runs by time), "measured"
/// (connections still open). The run goes on when it returns. A run that has failed meets no further gates.
/// An exception fails the run.
using Gate = std::function<void(std::string_view name)>;

/// Runs the plan in threads of its own and reports. A server that cannot be reached, dies or stalls is in the
/// report, not an exception.
LoadReport run_load(const Plan& plan, const Gate& gate = {});

}  // namespace threadmill::load
