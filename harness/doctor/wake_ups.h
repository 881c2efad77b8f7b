#pragma once
// How late a thread of this machine wakes up.

#include <chrono>
#include <cstddef>

namespace threadmill::harness::doctor {

/// Microseconds behind the moment that was asked for.
struct WakeUps {
  std::size_t count = 0;
  double median_us = 0;
  double p99_us = 0;
  double worst_us = 0;
};

/// Sleeps for a millisecond (clock_nanosleep(2), timer slack 1 ns as in the load generator), again and again
/// for `time`.
WakeUps measure_wake_ups(std::chrono::milliseconds time);

}  // namespace threadmill::harness::doctor
