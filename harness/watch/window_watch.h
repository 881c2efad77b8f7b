#pragma once
// All that is watched beside a load run: the server's process tree, and the machine around it.

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/machine/cpu_plan.h"
#include "harness/watch/machine_watch.h"
#include "harness/watch/sampler.h"

namespace threadmill::harness {

/// For the thread of its loop.
class WindowWatch {
 public:
  WindowWatch(EventLoop& loop, pid_t server, const CpuPlan& cpus);

  /// At each gate of the generator, while it waits; nothing for one that is on another machine. The window is
  /// from the last gate before "measured" to it.
  void at_gate(const std::string& gate, std::optional<pid_t> generator);

  /// As in the result file, keys "samples" and "machine".
  nlohmann::json samples() const { return sampler_.to_json(); }
  nlohmann::json machine() const { return machine_.to_json(sampler_.window_cpu_ns() + measuring_cpu_ns_); }

 private:
  Sampler sampler_;
  MachineWatch machine_;
  std::int64_t measuring_cpu_ns_ = 0;  // of the generator and of this process, in the window
};

}  // namespace threadmill::harness
