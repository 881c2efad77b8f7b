#pragma once
// Which CPUs a process or thread may run on.

#include <vector>

namespace threadmill::os {

/// CPU numbers, ascending.
using CpuSet = std::vector<int>;

/// The CPUs that the calling thread may run on (sched_getaffinity). Throws std::system_error.
CpuSet allowed_cpus();

/// Restricts the calling thread, and what it starts from now on, to `cpus` (sched_setaffinity). An empty set
/// changes nothing. Throws std::system_error naming the set.
void pin_this_thread(const CpuSet& cpus);

}  // namespace threadmill::os
