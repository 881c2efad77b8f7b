#pragma once
// Who uses the CPUs: two snapshots of the kernel's accounts, and what lies between them.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/machine/machine_files.h"

namespace threadmill::harness::doctor {

/// Clock ticks since the machine or the process started.
struct CpuSnapshot {
  struct Process {
    std::string name;
    std::int64_t ticks = 0;
  };
  std::int64_t busy = 0;
  std::int64_t steal = 0;
  std::int64_t total = 0;  ///< with idle
  std::map<std::int64_t, Process> processes;
  std::int64_t own_pid = 0;
};

/// /proc/stat and each /proc/PID/stat (proc(5)). Without /proc/stat all is 0.
CpuSnapshot read_cpu_snapshot(const MachineFiles& files);

/// Percent of the time of all CPUs together.
struct CpuLook {
  struct User {
    std::string name;
    double percent = 0;
  };
  double others_percent = 0;  ///< busy, less what this process used
  double steal_percent = 0;
  std::vector<User> busiest;  ///< other programs, busiest first, at most three
};

CpuLook between(const CpuSnapshot& before, const CpuSnapshot& after);

}  // namespace threadmill::harness::doctor
