#pragma once
// The checks: each a pure function of what is known of the machine, and the list of all. A further check is a
// function in a file of its group, its declaration here and its line in checks.cpp.

#include <span>

#include "harness/doctor/finding.h"
#include "harness/doctor/machine.h"

namespace threadmill::harness::doctor {

struct Check {
  const char* name;
  const char* why;  ///< one sentence: how it hurts a measurement
  Finding (*look)(const Machine&);
};

/// In the order in which people read them.
std::span<const Check> all_checks();

// processor.cpp
Finding check_cpus(const Machine& machine);
Finding check_isolated_cpus(const Machine& machine);
Finding check_governor(const Machine& machine);
Finding check_turbo(const Machine& machine);
Finding check_smt(const Machine& machine);
Finding check_mitigations(const Machine& machine);
// virtualisation.cpp
Finding check_virtualisation(const Machine& machine);
Finding check_steal(const Machine& machine);
// other_load.cpp
Finding check_other_load(const Machine& machine);
Finding check_load_average(const Machine& machine);
Finding check_pressure(const Machine& machine);
// container.cpp
Finding check_cpu_quota(const Machine& machine);
Finding check_pids_limit(const Machine& machine);
// limits.cpp
Finding check_descriptors(const Machine& machine);
Finding check_processes(const Machine& machine);
Finding check_ports(const Machine& machine);
Finding check_somaxconn(const Machine& machine);
// timekeeping.cpp
Finding check_clock_source(const Machine& machine);
Finding check_timers(const Machine& machine);
Finding check_timer_slack(const Machine& machine);
Finding check_wake_ups(const Machine& machine);
// memory.cpp
Finding check_memory(const Machine& machine);
Finding check_swap(const Machine& machine);
Finding check_huge_pages(const Machine& machine);
Finding check_numa(const Machine& machine);
// own_build.cpp
Finding check_build(const Machine& machine);
// tracing.cpp
Finding check_syscall_counting(const Machine& machine);

/// The CPUs that this process may use, by number (proc_pid_status(5)); 0 where that is not known.
std::size_t usable_cpus(const MachineFiles& files);

}  // namespace threadmill::harness::doctor
