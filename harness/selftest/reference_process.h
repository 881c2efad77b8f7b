#pragma once
// The reference server of the self-test, from its start to its end.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/process/child_process.h"
#include "harness/trial/watched_server.h"

namespace threadmill::harness {

/// threadmill-reference on 127.0.0.1. The destructor kills it. For the thread of its loop.
class ReferenceProcess : public WatchedServer {
 public:
  /// `service` and `stall` as its options take them ("constant:500us"; {"--stall", "200ms", ...}). Returns
  /// when it is ready. Throws TrialFailure of stage "start".
  ReferenceProcess(EventLoop& loop, const std::string& service, std::vector<std::string> more_options,
                   const os::CpuSet& cpus);

  std::uint16_t port() const { return port_; }
  bool has_exited() const override { return process_.exit().has_value(); }
  std::string describe_exit() const override;
  void trim_stderr() override { process_.trim_stderr(); }

  /// What the kernel's timestamps say of the requests that arrived from `start_ns` to `end_ns` of
  /// CLOCK_MONOTONIC. Throws TrialFailure of stage "load".
  nlohmann::json truth(std::int64_t start_ns, std::int64_t end_ns);

 private:
  nlohmann::json next_line(const char* stage);

  EventLoop& loop_;
  ChildProcess process_;
  std::uint16_t port_ = 0;
};

}  // namespace threadmill::harness
