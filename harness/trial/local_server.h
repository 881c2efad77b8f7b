#pragma once
// The server's side of a trial on this machine.

#include <optional>

#include "harness/machine/cpu_plan.h"
#include "harness/process/event_loop.h"
#include "harness/trial/server_process.h"
#include "harness/trial/trial_server.h"
#include "harness/watch/window_watch.h"

namespace threadmill::harness {

class LocalServer : public TrialServer {
 public:
  /// Watches the CPUs of both sides of the plan.
  LocalServer(EventLoop& loop, ServerOrder order, CpuPlan cpus);

  void start() override { process_.start(); }
  void stop() override { process_.stop(); }
  std::uint16_t port() const override { return process_.port(); }
  bool has_exited() const override { return process_.has_exited(); }
  std::string describe_exit() const override { return process_.describe_exit(); }
  std::string describe_state() const override { return process_.describe_state(); }
  void trim_stderr() override { process_.trim_stderr(); }
  nlohmann::json to_json() const override { return process_.to_json(); }

  void begin_watch() override { watch_.emplace(loop_, process_.pid(), cpus_); }
  void at_gate(const std::string& gate, std::optional<pid_t> generator) override {
    watch_->at_gate(gate, generator);
  }
  nlohmann::json watched() override {
    return {{"samples", watch_->samples()}, {"machine", watch_->machine()}};
  }
  std::optional<std::int64_t> settled_cpu_ns() override;

  ServerProcess* local() override { return &process_; }

 private:
  EventLoop& loop_;
  ServerOrder order_;  // process_ refers to it
  CpuPlan cpus_;
  ServerProcess process_;
  std::optional<WindowWatch> watch_;
};

}  // namespace threadmill::harness
