#pragma once
// What a process and its descendants use, as /proc and the kernel's CPU clocks tell it.

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace threadmill::harness {

/// `root` and its descendants, root first; what ends meanwhile is left out. Costs two files per thread.
std::vector<pid_t> process_tree(pid_t root);

/// Appends the children that the threads of `pid` have now.
void append_children(std::vector<pid_t>& tree, pid_t pid);

/// Cheap sums over a process tree.
struct TreePoint {
  std::int64_t t_ns = 0;       ///< CLOCK_MONOTONIC when reading began
  std::int64_t cpu_ns = 0;     ///< live processes to the nanosecond, plus reaped children in clock ticks
  std::int64_t rss_bytes = 0;  ///< counts shared pages once for each process
  std::int64_t processes = 0;
  std::int64_t threads = 0;
};

/// One process of a tree, when /proc/PID/stat was last read.
struct ProcessState {
  pid_t pid = 0;
  std::int64_t start_ticks = 0;  ///< 0: not read yet
  std::int64_t reaped_cpu_ns = 0;
  std::int64_t rss_bytes = 0;
  std::int64_t threads = 1;
};

struct ThreadState {
  pid_t id = 0;
  std::int64_t cpu_ns = 0;  ///< 0 where the kernel does not tell
};

/// Everything that is known about a process tree at one moment.
struct TreeSnapshot {
  TreePoint point;
  std::int64_t user_ticks_ns = 0;    ///< where clock ticks found it (a sample), with reaped children
  std::int64_t system_ticks_ns = 0;  ///< the same
  std::int64_t reaped_cpu_ns = 0;    ///< the part of point.cpu_ns that is of reaped children
  std::int64_t pss_bytes = 0;        ///< resident memory with shared pages divided among those who share them
  std::int64_t kernel_stack_bytes = 0;
  std::int64_t page_table_bytes = 0;
  std::int64_t voluntary_switches = 0;  ///< of live threads: the kernel tells nobody those of ended ones
  std::int64_t involuntary_switches = 0;
  std::int64_t minor_faults = 0;  ///< with ended threads and reaped children
  std::int64_t major_faults = 0;
  std::int64_t threads_gone = 0;  ///< of those in the snapshot before, which took their switches with them
  std::int64_t busiest_thread_cpu_ns = 0;  ///< the most that one thread used since the snapshot before

  // Not stored:
  std::int64_t pss_cost_ns = 0;         ///< CPU time that finding pss_bytes took this process
  std::vector<ProcessState> processes;  ///< root first
  std::vector<ThreadState> threads;     ///< by id, ascending
};

/// CPU time of these processes and of the children that they have reaped, with none counted twice and, as
/// far as a few attempts can help it, none missed that ended meanwhile.
std::int64_t tree_cpu_ns(const std::vector<pid_t>& tree);

std::int64_t pss_bytes(const std::vector<pid_t>& tree);

/// The whole tree of `root`, found anew.
TreeSnapshot take_snapshot(pid_t root);

/// Fills in what became of the threads since the snapshot `before`.
void compare_threads(const TreeSnapshot& before, TreeSnapshot& now);

/// The state of one process, read anew; its start_ticks are 0 when there is no such process.
ProcessState read_process(pid_t pid);

/// As in the result file.
void to_json(nlohmann::json& json, const TreePoint& point);
void to_json(nlohmann::json& json, const TreeSnapshot& snapshot);

}  // namespace threadmill::harness
