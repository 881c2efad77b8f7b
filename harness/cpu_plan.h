#pragma once
// Which CPUs the server gets and which the load generator: what is measured shares none with what measures
// it.

#include <string>

#include "os/cpu_set.h"

namespace threadmill::harness {

struct CpuPlan {
  os::CpuSet server;
  os::CpuSet generator;
  bool shared = false;  ///< one CPU only: both run on it, and a figure is that of the two together

  /// One line for people.
  std::string describe() const;
};

/// The first half of `available` for the server, the second half (the larger one when odd) for the generator
/// and for this harness. `available` is not empty.
CpuPlan plan_cpus(const os::CpuSet& available);

}  // namespace threadmill::harness
