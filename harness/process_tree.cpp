#include "harness/process_tree.h"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "harness/proc_file.h"
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

// CPU time of a whole live process, of which the scheduler keeps account in nanoseconds.
std::int64_t live_cpu_ns(pid_t pid) {
  clockid_t clock{};
  return ::clock_getcpuclockid(pid, &clock) == 0 ? os::read_clock_ns(clock) : 0;
}

void add_point(TreePoint& point, pid_t pid, const ProcStat& stat) {
  static const std::int64_t page_bytes = ::sysconf(_SC_PAGESIZE);
  point.cpu_ns += live_cpu_ns(pid) + ns_of_ticks(stat.reaped_ticks);
  point.rss_bytes += stat.rss_pages * page_bytes;
  point.processes += 1;
  point.threads += stat.threads;
}

// The counts in /proc/PID/status are those of its main thread alone.
void add_switches(TreeSnapshot& snapshot, pid_t pid) {
  for (const pid_t thread : numeric_entries(fmt::format("/proc/{}/task", pid))) {
    const auto status = read_proc_file(fmt::format("/proc/{}/task/{}/status", pid, thread));
    snapshot.voluntary_switches += proc_field(status, "voluntary_ctxt_switches:");
    snapshot.involuntary_switches += proc_field(status, "nonvoluntary_ctxt_switches:");
  }
}

void add_details(TreeSnapshot& snapshot, pid_t pid, const ProcStat& stat) {
  snapshot.user_ticks_ns += ns_of_ticks(stat.user_ticks);
  snapshot.system_ticks_ns += ns_of_ticks(stat.system_ticks);
  snapshot.kernel_stack_bytes += stat.threads * kKernelStackBytes;
  snapshot.page_table_bytes +=
      1024 * proc_field(read_proc_file(fmt::format("/proc/{}/status", pid)), "VmPTE:");
  add_switches(snapshot, pid);
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

TreePoint take_point(const std::vector<pid_t>& tree) {
  TreePoint point;
  point.t_ns = os::monotonic_ns();
  for (const pid_t pid : tree) {
    if (const auto stat = read_proc_stat(pid); stat.valid) add_point(point, pid, stat);
  }
  return point;
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
  snapshot.point.t_ns = os::monotonic_ns();
  const auto tree = process_tree(root);
  for (const pid_t pid : tree) {
    const auto stat = read_proc_stat(pid);
    if (!stat.valid) continue;
    add_point(snapshot.point, pid, stat);
    add_details(snapshot, pid, stat);
  }
  const auto before_pss_ns = os::thread_cpu_ns();
  snapshot.pss_bytes = pss_bytes(tree);
  snapshot.pss_cost_ns = os::thread_cpu_ns() - before_pss_ns;
  return snapshot;
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
  json["pss_bytes"] = snapshot.pss_bytes;
  json["kernel_stack_bytes"] = snapshot.kernel_stack_bytes;
  json["page_table_bytes"] = snapshot.page_table_bytes;
  json["voluntary_switches"] = snapshot.voluntary_switches;
  json["involuntary_switches"] = snapshot.involuntary_switches;
}

}  // namespace threadmill::harness
