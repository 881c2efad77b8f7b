#pragma once
// What `threadmill host` does: a trial's server, for a harness on another machine.

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/host/host_lines.h"
#include "harness/machine/cpu_plan.h"
#include "harness/process/event_loop.h"
#include "harness/trial/local_server.h"
#include "os/descriptor.h"

namespace threadmill::harness {

/// One server from its start to its end, by requests. For the thread of its loop.
class HostSession {
 public:
  HostSession(EventLoop& loop, CpuPlan cpus) : loop_(loop), cpus_(std::move(cpus)) {}

  /// Does what is asked and returns the answer. Throws InputError where it is not the time for it.
  nlohmann::json answer(const HostRequest& request);
  /// What has to be told unasked: that the server has ended by itself. Once.
  std::optional<nlohmann::json> news();
  bool has_news() const { return serves_ && server_->has_exited(); }
  /// It was asked to stop.
  bool has_ended() const { return ended_; }

 private:
  nlohmann::json act(const HostRequest& request);
  nlohmann::json start(const ServerOrder& order);
  nlohmann::json stop();

  EventLoop& loop_;
  CpuPlan cpus_;
  std::unique_ptr<LocalServer> server_;
  bool serves_ = false;  // it has started, and has not ended as far as the harness was told
  bool started_ = false;
  bool watched_ = false;
  bool ended_ = false;
};

/// Says hello on `out`, then answers what comes on `in`, until it is asked to stop or `in` ends; then nothing
/// of the server is left running but what withstands being killed. Throws InputError for input that is no
/// request, Interrupted, and std::system_error.
void serve_harness(EventLoop& loop, os::Descriptor in, int out);

}  // namespace threadmill::harness
