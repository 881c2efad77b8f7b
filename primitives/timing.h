#pragma once
// How a section of a benchmark is timed.

#include <benchmark/benchmark.h>

#include <cstdint>

#include "os/clock.h"

namespace threadmill::primitives {

/// CPU time of the calling thread: what others do on the machine meanwhile is not in it.
template <typename Section>
double cpu_seconds(Section section) {
  const std::int64_t start_ns = os::thread_cpu_ns();
  section();
  return static_cast<double>(os::thread_cpu_ns() - start_ns) * 1e-9;
}

/// Time on the wall, where several threads take turns on one CPU.
template <typename Section>
double wall_seconds(Section section) {
  const std::int64_t start_ns = os::monotonic_ns();
  section();
  return static_cast<double>(os::monotonic_ns() - start_ns) * 1e-9;
}

/// The name says how long the benchmark takes: so many rounds, each timed by hand.
inline void rounds(benchmark::internal::Benchmark* benchmark, int count) {
  benchmark->Iterations(count)->UseManualTime()->Unit(benchmark::kNanosecond);
}

}  // namespace threadmill::primitives
