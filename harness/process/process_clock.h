#pragma once
// The CPU clocks that the kernel keeps for each process, whoever's process it is.

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace threadmill::harness {

/// CPU time of a process to the nanosecond: all its threads, those that have ended too, not its children.
/// Nothing once it has been reaped. One system call and no file, about 0.4 us. From any thread.
std::optional<std::int64_t> process_cpu_ns(pid_t pid);

/// The same time by where the clock ticks found the process: a sample (most kernels), not truncated to whole
/// ticks as /proc is. Good for the shares of the two, not for their sum.
struct TickTimes {
  std::int64_t user_ns = 0;
  std::int64_t system_ns = 0;
};

/// Zeros once the process has been reaped.
TickTimes process_tick_times(pid_t pid);

}  // namespace threadmill::harness
