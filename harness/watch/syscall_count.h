#pragma once
// How many system calls and context switches a process tree makes, counted by the kernel.

#include <sys/types.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "os/descriptor.h"

namespace threadmill::harness {

/// The kernel does not let us count; says why and what would help.
class CannotCount : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct KernelCounts {
  std::int64_t syscalls = 0;
  std::int64_t switches = 0;
};

/// Counts from its construction to its end, in the threads that exist then and in all that they and their
/// children start, those that end meanwhile included (perf_event_open(2), tracepoint raw_syscalls:sys_enter
/// and the software event context-switches, inherited). While it lives, every system call on this machine is
/// slower, so count apart from what is timed. For one thread.
class SyscallCount {
 public:
  /// Throws CannotCount.
  explicit SyscallCount(const std::vector<pid_t>& processes);

  /// So far.
  KernelCounts read() const;

 private:
  std::vector<os::Descriptor>
      syscalls_;  // one for each thread, and one for each of its descendants behind it
  std::vector<os::Descriptor> switches_;
};

/// Where the number of the tracepoint is: `roots` are the places where tracefs may be mounted. Throws
/// CannotCount.
std::uint64_t syscall_tracepoint(const std::vector<std::string>& roots);

}  // namespace threadmill::harness
