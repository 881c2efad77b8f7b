#pragma once
// Small files of /proc.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::harness {

/// The file's text; empty when it cannot be read, as when the process has just ended.
std::string read_proc_file(const std::string& path);

/// The number after "key" (such as "Pss:") in lines like "Pss:   12 kB"; 0 if there is none.
std::int64_t proc_field(std::string_view text, std::string_view key);

/// The numeric names in a folder: processes of /proc, threads of /proc/PID/task.
std::vector<pid_t> numeric_entries(const std::string& folder);

/// /proc/PID/stat, the fields that are of use here.
struct ProcStat {
  bool valid = false;
  std::int64_t reaped_user_ticks = 0;    ///< of the children that it has reaped, and theirs
  std::int64_t reaped_system_ticks = 0;  ///< the same
  std::int64_t minor_faults = 0;         ///< with reaped children
  std::int64_t major_faults = 0;         ///< with reaped children
  std::int64_t start_ticks = 0;          ///< since boot: with the pid, which process it is
  std::int64_t threads = 0;
  std::int64_t rss_pages = 0;
};

ProcStat read_proc_stat(pid_t pid);

/// Whether the process that had this pid when it started then still runs; not one that only waits to be
/// reaped.
bool still_runs(pid_t pid, std::int64_t start_ticks);

}  // namespace threadmill::harness
