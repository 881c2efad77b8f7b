#pragma once
// The server's side of a trial on another machine.

#include <chrono>
#include <cstdint>
#include <memory>

#include "harness/host/host_link.h"
#include "harness/trial/trial_server.h"

namespace threadmill::harness {

/// Has `threadmill host` do there what LocalServer does here. Times of its samples are told in this machine's
/// clock, as far as asking for the other's can tell (half of the shortest of a few round trips).
class RemoteServer : public TrialServer {
 public:
  RemoteServer(EventLoop& loop, ServerHost host, ServerOrder order);

  void start() override;
  void stop() override;
  std::uint16_t port() const override { return port_; }
  /// Also true when the host is lost.
  bool has_exited() const override;
  std::string describe_exit() const override;
  std::string describe_state() const override;
  void trim_stderr() override {}  // the host's business, and the link's
  nlohmann::json to_json() const override { return record_; }

  void begin_watch() override;
  /// The generator is not on the server's machine, so nothing is told of it.
  void at_gate(const std::string& gate, std::optional<pid_t> generator) override;
  nlohmann::json watched() override;
  std::optional<std::int64_t> settled_cpu_ns() override;

 private:
  /// What the host may need for it, beside the way there and back.
  std::chrono::milliseconds time_for(HostAction action) const;
  nlohmann::json ask(HostAction action, const std::string& stage, const std::string& gate = {});
  void compare_clocks();

  EventLoop& loop_;
  ServerHost host_;
  ServerOrder order_;
  nlohmann::json record_;
  std::uint16_t port_ = 0;
  std::int64_t ahead_ns_ = 0;  // the other clock, of this machine's
  std::unique_ptr<HostLink> link_;
};

}  // namespace threadmill::harness
