#pragma once
// How much memory this process can still take.

#include <cstdint>
#include <filesystem>
#include <string>

namespace threadmill::os {

struct AvailableMemory {
  std::uint64_t bytes = UINT64_MAX;  ///< UINT64_MAX: nothing says how much
  std::string limited_by;            ///< the file whose limit is the tightest
};

/// The least of MemAvailable (proc_pid_meminfo: what can be had without swapping) and of what the memory
/// cgroups of this process, and those around them, leave: memory.max of version 2, memory.limit_in_bytes of
/// version 1, less what is used, save for file pages that the kernel would give up first (inactive_file).
/// `proc` and `cgroups` stand in for /proc and /sys/fs/cgroup in tests.
AvailableMemory read_available_memory(const std::filesystem::path& proc = "/proc",
                                      const std::filesystem::path& cgroups = "/sys/fs/cgroup");

}  // namespace threadmill::os
