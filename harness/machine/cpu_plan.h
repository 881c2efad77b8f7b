#pragma once
// Which CPUs the server gets and which the load generator: what is measured shares none with what measures
// it.

#include <string>
#include <vector>

#include "os/cpu_set.h"

namespace threadmill::harness {

struct CpuPlan {
  os::CpuSet server;
  os::CpuSet generator;
  bool one_core = false;  ///< both run on one core, each with CPUs of its own
  bool shared = false;    ///< one CPU only: both run on it, and a figure is that of the two together

  /// One line for people.
  std::string describe() const;
};

/// The CPUs of each core: those that hyper-threading makes of one share its units, so that what runs on one
/// slows the other. In the order of their first CPUs.
using Cores = std::vector<os::CpuSet>;

/// The cores of `available` as /sys tells them; each CPU is one of its own where it does not.
Cores read_cores(const os::CpuSet& available);

/// The CPUs of a list such as "0,4" or "0-1"; empty when it is none.
os::CpuSet parse_cpu_list(const std::string& text);

/// The first cores for the server, up to half of the CPUs, the others for the generator and for this harness:
/// siblings stay together, except on a machine of one core, whose CPUs are split. There is at least one CPU.
CpuPlan plan_cpus(const Cores& cores);

/// That of the CPUs that the calling thread may run on. Throws std::system_error.
CpuPlan plan_cpus();

}  // namespace threadmill::harness
