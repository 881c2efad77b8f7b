#pragma once
// What a scenario does to its server in mid-run.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

namespace threadmill::json {
class StrictObject;
}

namespace threadmill::harness {

enum class FaultKind {
  kill_worker,  ///< SIGKILL to the busiest child process
  kill,         ///< SIGKILL to all its processes; it is started again on the same port
  restart,      ///< it is asked to end, and started again once it has
  stop,         ///< SIGSTOP, and SIGCONT
  partition,    ///< no packet passes between it and its clients
  full_disk,    ///< there is no room where its journal is
};

/// As {"kind": "kill", "at_s": 1, "for_s": 0.5}.
struct FaultPlan {
  FaultKind kind = FaultKind::kill;
  double at_s = 0;  ///< into the measured window
  double for_s =
      0;  ///< until it is over: until a server is started again, or goes on; 0 where it does not say

  /// Connections may end in mid-run.
  bool may_end_connections() const { return kind != FaultKind::stop && kind != FaultKind::partition; }
  /// The server's processes end in mid-run, or may, and others take their place.
  bool replaces_server() const {
    return kind == FaultKind::kill || kind == FaultKind::restart || kind == FaultKind::full_disk;
  }
};

/// "kill worker", "kill", ...
std::string_view word_for(FaultKind kind);

/// The "fault" of a scenario whose load lasts `duration_s`. Throws json::JsonError.
FaultPlan read_fault_plan(const threadmill::json::StrictObject& scenario, double duration_s);

}  // namespace threadmill::harness
