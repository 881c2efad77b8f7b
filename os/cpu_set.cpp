#include "os/cpu_set.h"

#include <fmt/ranges.h>
#include <sched.h>

#include "os/errors.h"

namespace threadmill::os {

CpuSet allowed_cpus() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (::sched_getaffinity(0, sizeof mask, &mask) != 0) throw_errno("sched_getaffinity");
  CpuSet cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &mask)) cpus.push_back(cpu);
  }
  return cpus;
}

bool try_pin_this_thread(const CpuSet& cpus) noexcept {
  if (cpus.empty()) return true;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  for (const int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &mask);
  return ::sched_setaffinity(0, sizeof mask, &mask) == 0;
}

void pin_this_thread(const CpuSet& cpus) {
  if (try_pin_this_thread(cpus)) return;
  throw_errno(fmt::format("sched_setaffinity to CPUs {}", fmt::join(cpus, ",")));
}

ThreadPin::ThreadPin(const CpuSet& cpus) : before_(allowed_cpus()) { pin_this_thread(cpus); }

// A CPU that has gone meanwhile is no reason to fail.
ThreadPin::~ThreadPin() { try_pin_this_thread(before_); }

}  // namespace threadmill::os
