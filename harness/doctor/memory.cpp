// Memory, and what the kernel does to it behind the servers' backs.

#include <fmt/format.h>

#include "harness/doctor/checks.h"
#include "harness/machine/cpu_plan.h"
#include "os/available_memory.h"

namespace threadmill::harness::doctor {
namespace {

constexpr std::uint64_t kMebibyte = 1 << 20;
// A process for each of a thousand connections takes some 300 MiB of page tables, stacks and copied pages;
// generator, harness and sockets come on top. With less than the first a run of the suites fails, below the
// second it may swap.
constexpr std::uint64_t kLeastBytes = 512 * kMebibyte;
constexpr std::uint64_t kComfortableBytes = 2048 * kMebibyte;

/// The word in brackets of a line such as "always [madvise] never".
std::string chosen(const std::string& line) {
  const auto open = line.find('[');
  const auto close = line.find(']');
  return open == std::string::npos || close == std::string::npos ? ""
                                                                 : line.substr(open + 1, close - open - 1);
}

}  // namespace

Finding check_memory(const Machine& machine) {
  const auto& root = machine.files.root();
  const auto memory = os::read_available_memory(root / "proc", root / "sys/fs/cgroup");
  if (memory.limited_by.empty()) return {Verdict::unknown, "/proc/meminfo cannot be read", ""};
  const bool by_machine = memory.limited_by.ends_with("meminfo");
  const auto found = fmt::format("{} MiB available{}", memory.bytes / kMebibyte,
                                 by_machine ? "" : ", by the limit in " + memory.limited_by);
  const std::string remedy =
      by_machine ? "end what takes it; who it is: top -o %MEM"
                 : fmt::format("raise that limit (MemoryMax= of the service, --memory of the container)");
  if (memory.bytes < kLeastBytes) return {Verdict::problem, found, remedy};
  if (memory.bytes < kComfortableBytes) return {Verdict::warning, found, remedy};
  return {Verdict::ok, found, ""};
}

Finding check_swap(const Machine& machine) {
  const auto total = leading_number(machine.files.field("proc/meminfo", "SwapTotal").value_or(""));
  const auto free = leading_number(machine.files.field("proc/meminfo", "SwapFree").value_or(""));
  if (!total || !free) return {Verdict::unknown, "/proc/meminfo does not tell", ""};
  if (*total == 0) return {Verdict::ok, "none", ""};
  const auto found = fmt::format("{} of {} MiB in use", (*total - *free) / 1024, *total / 1024);
  if (*total == *free) return {Verdict::ok, found, ""};
  return {Verdict::warning, found, "sudo swapoff -a    (sudo swapon -a brings it back)"};
}

Finding check_huge_pages(const Machine& machine) {
  const auto line = machine.files.line("sys/kernel/mm/transparent_hugepage/enabled");
  if (!line) return {Verdict::ok, "the kernel has none", ""};
  const auto mode = chosen(*line);
  if (mode != "always") return {Verdict::ok, mode, ""};
  return {Verdict::warning, mode, "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"};
}

Finding check_numa(const Machine& machine) {
  const auto nodes = parse_cpu_list(machine.files.line("sys/devices/system/node/online").value_or("")).size();
  if (nodes == 0) return {Verdict::unknown, "the kernel does not tell", ""};
  if (nodes == 1) return {Verdict::ok, "one node", ""};
  const bool moves_pages = machine.files.number("proc/sys/kernel/numa_balancing").value_or(0) != 0;
  const auto found =
      fmt::format("{} nodes{}", nodes, moves_pages ? ", and the kernel moves pages between them" : "");
  const auto on_one_node = machine.files.line("sys/devices/system/node/node0/cpulist").value_or("0");
  return {Verdict::warning, found,
          fmt::format("{}taskset --cpu-list {} ./threadmill run quick",
                      moves_pages ? "sudo sysctl -w kernel.numa_balancing=0; " : "", on_one_node)};
}

}  // namespace threadmill::harness::doctor
