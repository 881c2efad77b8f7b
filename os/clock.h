#pragma once
// The one clock for intervals.

#include <time.h>

#include <cstdint>
#include <optional>

namespace threadmill::os {

inline std::int64_t read_clock_ns(clockid_t clock) noexcept {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Nanoseconds of CLOCK_MONOTONIC: the same scale in every process of this machine, never set back.
inline std::int64_t monotonic_ns() noexcept { return read_clock_ns(CLOCK_MONOTONIC); }

/// CPU time that the calling thread has used, in nanoseconds.
inline std::int64_t thread_cpu_ns() noexcept { return read_clock_ns(CLOCK_THREAD_CPUTIME_ID); }

/// How long the calling thread has been ready to run while another had the CPU, in ns since it began
/// (/proc/thread-self/schedstat). Nothing where the kernel does not tell.
std::optional<std::int64_t> thread_run_delay_ns();

}  // namespace threadmill::os
