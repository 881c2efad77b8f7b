#pragma once
// Kills one of a server's worker processes in mid-trial.

#include <sys/types.h>

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "harness/process/event_loop.h"

namespace threadmill::harness {

/// For the thread of its loop, which it must not outlive.
class WorkerKill {
 public:
  /// Of the server's children, `at_s` seconds after the window began.
  WorkerKill(EventLoop& loop, pid_t server, double at_s) : loop_(loop), server_(server), at_s_(at_s) {}

  /// The window begins.
  void begin();
  /// Whose SIGKILL it was, as in the result file. Throws TrialFailure where there was nobody to kill.
  nlohmann::json to_json() const;

 private:
  void kill_busiest();

  EventLoop& loop_;
  pid_t server_;
  double at_s_;
  EventLoop::Handle timer_;
  std::size_t workers_ = 0;  // there were so many
  std::optional<pid_t> killed_;
};

}  // namespace threadmill::harness
