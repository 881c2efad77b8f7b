#pragma once
// A process and all that descends from it: what they hold and use, as the kernel tells.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace threadmill::conformance {

/// The process and its descendants, those that have ended and wait to be reaped included.
std::vector<pid_t> family_of(pid_t root);

/// What a family holds at the moment.
struct Holdings {
  std::size_t processes = 0;  ///< those that have ended and are not reaped included
  std::size_t threads = 0;
  std::size_t descriptors = 0;
};
Holdings holdings_of(pid_t root);

/// Memory that is the family's alone: what several of its processes share is counted once, and programs and
/// libraries not at all, which others may have mapped too.
std::size_t memory_bytes_of(pid_t root);

/// CPU time that the family has used so far, of members that have been reaped too.
std::int64_t cpu_ns_of(pid_t root);

/// Whether that process descends from the root and has not been reaped.
bool is_in_family(pid_t member, pid_t root);

/// Whether every thread of the family waits for something: none has anything to do. One that only has to wait
/// for a CPU is not asleep.
bool is_asleep(pid_t root);

/// Those of a process group that run, sleep or are stopped; not those that have ended.
std::vector<pid_t> living_in_group(pid_t group);

/// Stops the family, which is a process group, and returns when each of its processes stands still.
void freeze(pid_t root);
/// Lets it go on.
void thaw(pid_t root);

}  // namespace threadmill::conformance
