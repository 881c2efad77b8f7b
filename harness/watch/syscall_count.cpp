#include "harness/watch/syscall_count.h"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "harness/process/proc_file.h"

namespace threadmill::harness {
namespace {

// The second is where kernels before 4.1 had it, and where debugfs still shows it.
const std::vector<std::string> kTracefs = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
constexpr const char* kSyscallTracepoint = "/events/raw_syscalls/sys_enter/id";

perf_event_attr event(std::uint32_t type, std::uint64_t config) {
  perf_event_attr attr{};
  attr.size = sizeof attr;
  attr.type = type;
  attr.config = config;
  attr.inherit = 1;
  return attr;
}

std::string why_refused(int error) {
  if (error == EACCES || error == EPERM) {
    auto level = read_proc_file("/proc/sys/kernel/perf_event_paranoid");
    level.erase(level.find_last_not_of(" \n") + 1);
    return fmt::format(
        "the kernel forbids counting (perf_event_open: {}; kernel.perf_event_paranoid is {}): run as root, "
        "or "
        "sysctl kernel.perf_event_paranoid=-1; a container may need --cap-add PERFMON",
        std::strerror(error), level);
  }
  if (error == EMFILE) return "the server has more threads than this process may open files: ulimit -n";
  return fmt::format("perf_event_open: {}", std::strerror(error));
}

// Nothing when the thread has just ended.
os::Descriptor open_event(perf_event_attr attr, pid_t thread) {
  const int any_cpu = -1;
  const int no_group = -1;
  os::Descriptor counter(static_cast<int>(
      ::syscall(SYS_perf_event_open, &attr, thread, any_cpu, no_group, PERF_FLAG_FD_CLOEXEC)));
  if (!counter && errno != ESRCH) throw CannotCount(why_refused(errno));
  return counter;
}

std::int64_t sum(const std::vector<os::Descriptor>& counters) {
  std::int64_t total = 0;
  for (const auto& counter : counters) {
    std::int64_t count = 0;
    if (::read(counter.get(), &count, sizeof count) == sizeof count) total += count;
  }
  return total;
}

}  // namespace

std::uint64_t syscall_tracepoint(const std::vector<std::string>& roots) {
  for (const auto& root : roots) {
    const auto text = read_proc_file(root + kSyscallTracepoint);
    std::uint64_t number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{}) return number;
  }
  for (const auto& root : roots) {
    if (::access(root.c_str(), F_OK) == 0 && ::access(root.c_str(), R_OK | X_OK) != 0) {
      throw CannotCount(fmt::format("{} may not be read: run as root", root));
    }
    if (::access((root + "/events").c_str(), F_OK) == 0) {
      throw CannotCount("this kernel has no tracepoint of system calls (CONFIG_FTRACE_SYSCALLS)");
    }
  }
  throw CannotCount(
      fmt::format("tracefs is not mounted: mount -t tracefs nodev {}", roots.empty() ? "" : roots.front()));
}

SyscallCount::SyscallCount(const std::vector<pid_t>& processes) {
  const auto calls = event(PERF_TYPE_TRACEPOINT, syscall_tracepoint(kTracefs));
  const auto switches = event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES);
  for (const pid_t process : processes) {
    for (const pid_t thread : numeric_entries(fmt::format("/proc/{}/task", process))) {
      auto call_counter = open_event(calls, thread);
      auto switch_counter = open_event(switches, thread);
      if (call_counter) syscalls_.push_back(std::move(call_counter));
      if (switch_counter) switches_.push_back(std::move(switch_counter));
    }
  }
}

KernelCounts SyscallCount::read() const { return {sum(syscalls_), sum(switches_)}; }

}  // namespace threadmill::harness
