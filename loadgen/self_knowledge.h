#pragma once
// What a run tells of the load generator itself. Derived from the report, stored nowhere.

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "loadgen/limit.h"
#include "loadgen/report.h"

namespace threadmill::load {

/// Shares are of 1.
struct SelfKnowledge {
  double busiest_thread = 0;  ///< of the window: its CPU time, and its waiting for a CPU
  double starved = 0;         ///< of the window, most of any thread: ready to run, while others had its CPU
  double unread = 0;  ///< of the requests in flight: answered, and not read yet (an estimate); closed loop
  double established = 0;  ///< of the connections asked for
  /// |N - X R| / N, with N requests under way by the plan, X completions a second, R the time from one
  /// request of a client to the next (Little's law): far from 0, something was not counted. Closed loop only.
  std::optional<double> littles_law_residual;
  LimitJudgement limit;
};

/// `server_cpu`: the share that the server used of the CPUs that it could use, where somebody looked. The
/// report must have a window.
SelfKnowledge self_knowledge(const LoadReport& report, std::optional<double> server_cpu = std::nullopt);

nlohmann::json to_json(const SelfKnowledge& self);

}  // namespace threadmill::load
