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

/// pin_this_thread() between fork and exec, where nothing may throw: says whether the kernel did it, with
/// errno set where it did not.
bool try_pin_this_thread(const CpuSet& cpus) noexcept;

/// pin_this_thread() for as long as it lives; then the thread may run where it could before. For the thread
/// that made it.
class ThreadPin {
 public:
  /// Throws std::system_error.
  explicit ThreadPin(const CpuSet& cpus);
  ~ThreadPin();
  ThreadPin(const ThreadPin&) = delete;
  ThreadPin& operator=(const ThreadPin&) = delete;

 private:
  CpuSet before_;
};

}  // namespace threadmill::os
