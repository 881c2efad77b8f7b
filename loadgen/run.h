#pragma once
// A whole run: threads, phases, gates, report.

#include <functional>
#include <string_view>

#include "loadgen/plan.h"
#include "loadgen/report.h"

namespace threadmill::load {

class RecordFile;

/// Called between phases, while nothing is sent: "start" (before connecting; bystanders are there),
/// "connected" (not with MeasureFrom::connect), "warm" (after a warm-up, in runs by time), "measured"
/// (connections still open). The run goes on when it returns. A run that has failed meets no further gates.
/// An exception fails the run.
using Gate = std::function<void(std::string_view name)>;

/// Runs the plan in threads of its own and reports. A server that cannot be reached, dies or stalls is in the
/// report, not an exception.
/// `record` takes what publishers say (their payloads are text: is_text_only()); it is complete then.
LoadReport run_load(const Plan& plan, const Gate& gate = {}, RecordFile* record = nullptr);

}  // namespace threadmill::load
