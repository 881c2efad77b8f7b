#pragma once
// What a process and its descendants use, as /proc tells it.

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace threadmill::harness {

/// `root` and its descendants, root first; what ends meanwhile is left out. Costs two files per thread.
std::vector<pid_t> process_tree(pid_t root);

/// Appends the children of one process.
void append_children(std::vector<pid_t>& tree, pid_t pid);

/// Cheap sums over a process tree.
struct TreePoint {
  std::int64_t t_ns = 0;       ///< CLOCK_MONOTONIC when reading began
  std::int64_t cpu_ns = 0;     ///< live processes to the nanosecond, plus reaped children in clock ticks
  std::int64_t rss_bytes = 0;  ///< counts shared pages once for each process
  std::int64_t processes = 0;
  std::int64_t threads = 0;
};

/// Everything that is known about a process tree at one moment.
struct TreeSnapshot {
  TreePoint point;
  std::int64_t user_ticks_ns = 0;    ///< in clock ticks (usually 10 ms), with reaped children
  std::int64_t system_ticks_ns = 0;  ///< the same
  std::int64_t pss_bytes = 0;        ///< resident memory with shared pages divided among those who share them
  std::int64_t kernel_stack_bytes = 0;
  std::int64_t page_table_bytes = 0;
  std::int64_t voluntary_switches = 0;  ///< of live threads
  std::int64_t involuntary_switches = 0;
  std::int64_t pss_cost_ns = 0;  ///< CPU time that finding pss_bytes took this process; not stored
};

TreePoint take_point(const std::vector<pid_t>& tree);
std::int64_t pss_bytes(const std::vector<pid_t>& tree);
/// The whole tree of `root`, found anew.
TreeSnapshot take_snapshot(pid_t root);

/// As in the result file.
void to_json(nlohmann::json& json, const TreePoint& point);
void to_json(nlohmann::json& json, const TreeSnapshot& snapshot);

}  // namespace threadmill::harness
