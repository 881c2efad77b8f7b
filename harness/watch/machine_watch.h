#pragma once
// What the machine did to a trial from outside: its CPUs, who else used them, who waited for what.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "os/cpu_set.h"

namespace threadmill::harness {

/// Counters of a set of CPUs since boot, summed, as /proc/stat has them.
struct CpuTimes {
  std::int64_t busy_ns = 0;   ///< user, nice, system; with interrupts where the kernel charges them to tasks
  std::int64_t steal_ns = 0;  ///< the hypervisor ran something else
};

/// From the text of /proc/stat. Busy as the CPU clocks of processes see it: most kernels charge a soft
/// interrupt to the task that it interrupts, some (CONFIG_IRQ_TIME_ACCOUNTING) to nobody. They do not say
/// which they are; only the latter have more than a trace of time in hard interrupts.
CpuTimes cpu_times(std::string_view proc_stat, const os::CpuSet& cpus);

/// "some ... total=" of a file of /proc/pressure: for how long somebody waited. Nothing where the kernel has
/// no pressure stall information.
std::optional<std::int64_t> pressure_ns(std::string_view text);

/// Watches the CPUs that a trial uses, from a start to an end; pressure is of the whole machine. For one
/// thread.
class MachineWatch {
 public:
  explicit MachineWatch(os::CpuSet cpus) : cpus_(std::move(cpus)) {}

  void start() { start_ = read(); }
  void end() { end_ = read(); }

  /// As in the result file, key "machine". `ours_ns` is CPU time from start to end that the trial's own
  /// processes used: server, generator and this one. What the kernel does not tell is null, and so are shares
  /// of a time that is too short for clock ticks.
  nlohmann::json to_json(std::int64_t ours_ns) const;

 private:
  struct Reading {
    std::int64_t t_ns = 0;
    CpuTimes cpus;
    std::optional<std::int64_t> cpu_pressure_ns, memory_pressure_ns, io_pressure_ns;
    std::optional<double> mhz;  // mean of the CPUs
  };
  Reading read() const;

  os::CpuSet cpus_;
  Reading start_;
  Reading end_;
};

}  // namespace threadmill::harness
