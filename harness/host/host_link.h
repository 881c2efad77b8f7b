#pragma once
// The harness' end of the connection to `threadmill host` on another machine.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/host/host_lines.h"
#include "harness/host/server_host.h"
#include "harness/process/child_process.h"
#include "harness/process/event_loop.h"

namespace threadmill::harness {

/// Runs the agent that leads to the host. When it goes, the host ends what it has started, and itself. For
/// the thread of its loop.
class HostLink {
 public:
  /// Starts the agent and returns when the host has said what it is. Throws TrialFailure of stage "start",
  /// which names the host, what its agent said, and the remedy.
  HostLink(EventLoop& loop, const ServerHost& host);

  const HostFacts& facts() const { return facts_; }
  /// Asks and waits for the answer, which may be "failed". Throws TrialFailure of that stage where the host
  /// is lost or does not answer in time, which is a little longer than what is asked for may take.
  nlohmann::json ask(const HostRequest& request, const std::string& stage,
                     std::chrono::milliseconds may_take = std::chrono::milliseconds(0));

  /// How the server has ended by itself, in the host's words, as far as it has told.
  const std::optional<std::string>& exited();
  /// The connection is gone, and with it the server.
  bool is_lost();
  /// "the connection to the host b is gone: its agent was killed by signal 9 (Killed)".
  std::string describe_loss();

  /// Lets the host end, having been asked to stop. Throws TrialFailure of stage "stop" where it ended badly.
  void close();

 private:
  void take_lines();
  std::string describe_agent();
  void look_after_agent();

  EventLoop& loop_;
  std::string name_;
  ChildProcess agent_;
  HostFacts facts_;
  std::optional<nlohmann::json> answer_;  // that has come and was not taken
  std::optional<std::string> exited_;
  std::string given_up_;       // why, where it did not answer: what it says later would answer something else
  int looks_since_agent_ = 0;  // has ended
  EventLoop::Handle watch_;
};

/// What the host is. Throws InputError, which names --server-host, where it cannot be reached.
HostFacts ask_host(const ServerHost& host);

}  // namespace threadmill::harness
