// Whether the kernel lets us count the system calls of a server.

#include <fmt/format.h>

#include <cstdlib>

#include "harness/doctor/checks.h"

namespace threadmill::harness::doctor {
namespace {

constexpr const char* kTracepoint = "/events/raw_syscalls/sys_enter/id";

bool has_capability(const MachineFiles& files, unsigned number) {
  const auto set =
      std::strtoull(files.field("proc/self/status", "CapEff").value_or("0").c_str(), nullptr, 16);
  return (set >> number & 1U) != 0;
}

/// capabilities(7): CAP_PERFMON, and CAP_SYS_ADMIN, which has been enough before it.
bool may_count_anything(const MachineFiles& files) {
  constexpr unsigned kPerfmon = 38, kSysAdmin = 21;
  return has_capability(files, kPerfmon) || has_capability(files, kSysAdmin);
}

}  // namespace

Finding check_syscall_counting(const Machine& machine) {
  const auto& files = machine.files;
  const auto paranoid = files.number("proc/sys/kernel/perf_event_paranoid");
  if (!paranoid)
    return {Verdict::warning, "the kernel has no performance events", "a kernel with CONFIG_PERF_EVENTS"};
  if (*paranoid > -1 && !may_count_anything(files)) {
    return {Verdict::warning, fmt::format("kernel.perf_event_paranoid is {}", *paranoid),
            "sudo sysctl -w kernel.perf_event_paranoid=-1    (or run as root)"};
  }
  for (const std::string folder : {"sys/kernel/tracing", "sys/kernel/debug/tracing"}) {
    if (files.number(folder + kTracepoint)) return {Verdict::ok, "possible", ""};
    if (files.exists(folder + kTracepoint)) {
      return {Verdict::warning, "tracefs cannot be read", "run as root"};
    }
    if (files.exists(folder + "/available_events")) {
      return {Verdict::warning, "the kernel has no tracepoint raw_syscalls:sys_enter",
              "a kernel with CONFIG_FTRACE_SYSCALLS"};
    }
  }
  return {Verdict::warning, "tracefs is not mounted, or not to be seen without rights",
          "sudo mount -t tracefs nodev /sys/kernel/tracing    (or run as root)"};
}

}  // namespace threadmill::harness::doctor
