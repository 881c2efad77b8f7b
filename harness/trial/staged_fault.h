#pragma once
// Does to a server, in mid-trial, what its scenario asks for, and undoes it.

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/catalogue/fault_plan.h"
#include "harness/process/event_loop.h"

namespace threadmill::harness {

class JournalFolder;
class NamespacePair;
class ServerProcess;

/// What a fault is done to; null where the scenario has none of it.
struct FaultTargets {
  ServerProcess& server;
  NamespacePair* network = nullptr;
  JournalFolder* journal = nullptr;
};

/// For the thread of its loop, which it must not outlive; nor what it is done to.
class StagedFault {
 public:
  StagedFault(EventLoop& loop, const FaultPlan& plan, const FaultTargets& targets)
      : loop_(loop), plan_(plan), targets_(targets) {}

  /// The window begins.
  void begin();
  /// What was done, to which process, and when (CLOCK_MONOTONIC), as in the result file. Throws TrialFailure
  /// where it could not be done, or not undone.
  nlohmann::json to_json() const;

 private:
  using Step = void (StagedFault::*)();
  EventLoop::Handle later(double delay_s, Step step);
  void guarded(Step step);

  void strike();
  void mend();
  void kill_busiest_worker();
  void kill_server();
  void ask_to_end();
  void start_when_ended();
  void start_if_ended();
  void signal_processes(int signal);
  bool is_done_to_processes() const;
  bool is_for_us_to_mend() const;

  EventLoop& loop_;
  FaultPlan plan_;
  FaultTargets targets_;
  EventLoop::Handle strike_;
  EventLoop::Handle mend_;
  std::int64_t struck_ns_ = 0;
  std::int64_t mended_ns_ = 0;
  pid_t victim_ = 0;         // a single process that was hit
  std::size_t workers_ = 0;  // there were so many, of which one was hit
  std::vector<pid_t> stopped_;
  std::string ended_;  // how the server did, of a fault that need not have ended it
  std::string failure_;
};

}  // namespace threadmill::harness
