#pragma once
// A whole run: threads, phases, gates, report.

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "loadgen/plan.h"
#include "loadgen/report.h"

namespace threadmill::load {

class RecordFile;

/// Called between phases, while nothing is sent: "start" (before connecting; bystanders are there),
/// "connected" (not with MeasureFrom::connect), "warm" (after a warm-up, in runs by time), "measured"
/// (connections still open). The run goes on when it returns. A run that has failed meets no further gates.
/// An exception fails the run.
using Gate = std::function<void(std::string_view name)>;

/// The gates of a run of this plan that does not fail, in order.
std::vector<std::string_view> gates_of(const Plan& plan);

/// The threads of a plan that one process runs: `count` from number `first` on. Each thread has its own share
/// of the connections and of the rate, whichever process it runs in.
struct ThreadRange {
  std::size_t first = 0;
  std::size_t count = 0;
};
inline ThreadRange all_threads(const Plan& plan) { return {0, plan.threads}; }

/// The connections that these threads make.
std::uint32_t connections_of(const Plan& plan, ThreadRange range);

/// Runs the plan in threads of its own and reports. A server that cannot be reached, dies or stalls is in the
/// report, not an exception.
/// `record` takes what publishers say (their payloads are text: is_text_only()); it is complete then.
LoadReport run_load(const Plan& plan, const Gate& gate = {}, RecordFile* record = nullptr);

/// The same for some of its threads, in this process; others run the rest meanwhile. Whoever runs thread 0
/// has the bystanders. Its report has the whole plan, and the connections of its threads as those asked for.
LoadReport run_threads(const Plan& plan, ThreadRange range, const Gate& gate, RecordFile* record = nullptr);

}  // namespace threadmill::load
