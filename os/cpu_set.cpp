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

void pin_this_thread(const CpuSet& cpus) {
  if (cpus.empty()) return;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  for (const int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &mask);
  if (::sched_setaffinity(0, sizeof mask, &mask) != 0) {
    throw_errno(fmt::format("sched_setaffinity to CPUs {}", fmt::join(cpus, ",")));
  }
}

}  // namespace threadmill::os
