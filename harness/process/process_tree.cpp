#include "harness/process/process_tree.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "harness/process/proc_file.h"
#include "harness/process/process_clock.h"
#include "os/clock.h"

namespace threadmill::harness {
namespace {

// THREAD_SIZE of x86-64 and arm64 (linux/arch/x86/include/asm/page_64_types.h, arm64/include/asm/memory.h).
// /proc has no figure per process; KernelStack in /proc/meminfo is for the whole machine.
constexpr std::int64_t kKernelStackBytes = 16 * 1024;

std::int64_t ns_of_ticks(std::int64_t ticks) {
  static const std::int64_t ticks_per_second = ::sysconf(_SC_CLK_TCK);
  return ticks * (1'000'000'000 / ticks_per_second);
}

ProcessState to_state(pid_t pid, const ProcStat& stat) {
  static const std::int64_t page_bytes = ::sysconf(_SC_PAGESIZE);
  return {pid, stat.start_ticks, ns_of_ticks(stat.reaped_user_ticks + stat.reaped_system_ticks),
          stat.rss_pages * page_bytes, stat.threads};
}

bool by_id(const ThreadState& a, const ThreadState& b) { return a.id < b.id; }

std::int64_t reaped_cpu_ns(const std::vector<pid_t>& tree) {
  std::int64_t sum = 0;
  for (const pid_t pid : tree) sum += read_process(pid).reaped_cpu_ns;
  return sum;
}

// The first number of schedstat (linux/Documentation/scheduler/sched-stats.rst) is in ns; the times in stat
// are in clock ticks.
std::int64_t thread_cpu_ns(pid_t pid, pid_t thread) {
  const auto text = read_proc_file(fmt::format("/proc/{}/task/{}/schedstat", pid, thread));
  std::int64_t cpu_ns = 0;
  std::from_chars(text.data(), text.data() + text.size(), cpu_ns);
  return cpu_ns;
}

// The counts in /proc/PID/status are those of its main thread alone.
void add_threads(TreeSnapshot& snapshot, pid_t pid) {
  for (const pid_t thread : numeric_entries(fmt::format("/proc/{}/task", pid))) {
    const auto status = read_proc_file(fmt::format("/proc/{}/task/{}/status", pid, thread));
    snapshot.voluntary_switches += proc_field(status, "voluntary_ctxt_switches:");
    snapshot.involuntary_switches += proc_field(status, "nonvoluntary_ctxt_switches:");
    snapshot.threads.push_back({thread, thread_cpu_ns(pid, thread)});
  }
}

void add_process(TreeSnapshot& snapshot, pid_t pid, const ProcStat& stat) {
  const auto state = to_state(pid, stat);
  snapshot.processes.push_back(state);
  snapshot.point.processes += 1;
  snapshot.point.threads += state.threads;
  snapshot.point.rss_bytes += state.rss_bytes;
  snapshot.reaped_cpu_ns += state.reaped_cpu_ns;
  const auto ticks = process_tick_times(pid);
  snapshot.user_ticks_ns += ticks.user_ns + ns_of_ticks(stat.reaped_user_ticks);
  snapshot.system_ticks_ns += ticks.system_ns + ns_of_ticks(stat.reaped_system_ticks);
  snapshot.minor_faults += stat.minor_faults;
  snapshot.major_faults += stat.major_faults;
  snapshot.kernel_stack_bytes += stat.threads * kKernelStackBytes;
  snapshot.page_table_bytes +=
      1024 * proc_field(read_proc_file(fmt::format("/proc/{}/status", pid)), "VmPTE:");
  add_threads(snapshot, pid);
}

}  // namespace

void append_children(std::vector<pid_t>& tree, pid_t pid) {
  for (const pid_t thread : numeric_entries(fmt::format("/proc/{}/task", pid))) {
    const auto text = read_proc_file(fmt::format("/proc/{}/task/{}/children", pid, thread));
    const char* at = text.data();
    const char* end = at + text.size();
    for (pid_t child = 0; at < end; ++at) {
      const auto [next, error] = std::from_chars(at, end, child);
      if (error == std::errc{}) tree.push_back(child);
      if (next > at) at = next;
    }
  }
}

std::vector<pid_t> process_tree(pid_t root) {
  std::vector<pid_t> tree = {root};
  for (std::size_t i = 0; i < tree.size(); ++i) append_children(tree, tree[i]);
  return tree;
}

ProcessState read_process(pid_t pid) { return to_state(pid, read_proc_stat(pid)); }

// A child that is reaped in the middle moves from its own clock to its parent's account: seen in neither, or
// in both. When the account has grown meanwhile, the sum is taken again.
std::int64_t tree_cpu_ns(const std::vector<pid_t>& tree) {
  constexpr int most_attempts = 3;
  std::int64_t reaped = reaped_cpu_ns(tree);
  std::int64_t living = 0;
  for (int attempt = 1; attempt <= most_attempts; ++attempt) {
    living = 0;
    for (const pid_t pid : tree) living += process_cpu_ns(pid).value_or(0);
    const auto reaped_after = reaped_cpu_ns(tree);
    if (reaped_after == reaped) break;
    if (attempt < most_attempts) reaped = reaped_after;
  }
  return living + reaped;
}

std::int64_t pss_bytes(const std::vector<pid_t>& tree) {
  std::int64_t sum = 0;
  for (const pid_t pid : tree) {
    sum += 1024 * proc_field(read_proc_file(fmt::format("/proc/{}/smaps_rollup", pid)), "Pss:");
  }
  return sum;
}

TreeSnapshot take_snapshot(pid_t root) {
  TreeSnapshot snapshot;
  const auto tree = process_tree(root);
  snapshot.point.t_ns = os::monotonic_ns();
  snapshot.point.cpu_ns = tree_cpu_ns(tree);
  for (const pid_t pid : tree) {
    if (const auto stat = read_proc_stat(pid); stat.valid) add_process(snapshot, pid, stat);
  }
  std::sort(snapshot.threads.begin(), snapshot.threads.end(), by_id);
  const auto before_pss_ns = os::thread_cpu_ns();
  snapshot.pss_bytes = pss_bytes(tree);
  snapshot.pss_cost_ns = os::thread_cpu_ns() - before_pss_ns;
  return snapshot;
}

void compare_threads(const TreeSnapshot& before, TreeSnapshot& now) {
  const auto survivors = std::count_if(before.threads.begin(), before.threads.end(), [&](const auto& thread) {
    return std::binary_search(now.threads.begin(), now.threads.end(), thread, by_id);
  });
  now.threads_gone = static_cast<std::int64_t>(before.threads.size()) - survivors;
  for (const ThreadState& thread : now.threads) {
    const auto known = std::lower_bound(before.threads.begin(), before.threads.end(), thread, by_id);
    const bool is_new = known == before.threads.end() || known->id != thread.id;
    now.busiest_thread_cpu_ns =
        std::max(now.busiest_thread_cpu_ns, thread.cpu_ns - (is_new ? 0 : known->cpu_ns));
  }
}

void to_json(nlohmann::json& json, const TreePoint& point) {
  json = {{"t_ns", point.t_ns},
          {"cpu_ns", point.cpu_ns},
          {"rss_bytes", point.rss_bytes},
          {"processes", point.processes},
          {"threads", point.threads}};
}

void to_json(nlohmann::json& json, const TreeSnapshot& snapshot) {
  json = snapshot.point;
  json["user_ticks_ns"] = snapshot.user_ticks_ns;
  json["system_ticks_ns"] = snapshot.system_ticks_ns;
  json["reaped_cpu_ns"] = snapshot.reaped_cpu_ns;
  json["pss_bytes"] = snapshot.pss_bytes;
  json["kernel_stack_bytes"] = snapshot.kernel_stack_bytes;
  json["page_table_bytes"] = snapshot.page_table_bytes;
  json["voluntary_switches"] = snapshot.voluntary_switches;
  json["involuntary_switches"] = snapshot.involuntary_switches;
  json["minor_faults"] = snapshot.minor_faults;
  json["major_faults"] = snapshot.major_faults;
  json["threads_gone"] = snapshot.threads_gone;
  if (snapshot.busiest_thread_cpu_ns > 0) json["busiest_thread_cpu_ns"] = snapshot.busiest_thread_cpu_ns;
}

}  // namespace threadmill::harness
