#pragma once
// All that the checks look at: the files of /proc and /sys, what no file tells, and what a short look found.

#include <cstdint>
#include <optional>
#include <string>

#include "harness/doctor/cpu_look.h"
#include "harness/doctor/wake_ups.h"
#include "harness/machine/machine_files.h"

namespace threadmill::harness::doctor {

struct Machine {
  MachineFiles files;
  std::int64_t timer_resolution_ns = 1;  ///< clock_getres(2) of CLOCK_MONOTONIC
  std::uint64_t most_connections = 0;    ///< of the shipped scenarios, bystanders included
  std::string build_type;                ///< of this program, as CMake knows it
  std::string compiler_flags;
  std::optional<WakeUps> wake_ups;  ///< absent: nobody looked
  std::optional<CpuLook> cpu_look;  ///< absent: nobody looked
};

/// This machine, less what takes time to look at.
Machine read_machine();

/// The same with wake-ups and the use of the CPUs, measured at the same time; takes half a second.
Machine look_at_machine();

}  // namespace threadmill::harness::doctor
