// How many connections, processes and ports this machine gives to a run.

#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/checks.h"
#include "loadgen/connect.h"
#include "os/local_ports.h"
#include "servers/options.h"

namespace threadmill::harness::doctor {
namespace {

// Besides a descriptor or process for each connection: standard streams, epoll sets, the programs themselves.
constexpr std::uint64_t kSpare = 100;
const std::int64_t kOurBacklog = servers::ServeOptions{}.backlog;

/// The hard limit of a line such as "Max open files   1024   4096   files" (proc_pid_limits(5)).
std::optional<std::uint64_t> hard_limit(const MachineFiles& files, const std::string& name) {
  const std::string all = files.text("proc/self/limits");
  const auto line = all.find(name);
  if (line == std::string::npos) return std::nullopt;
  const auto words = words_of(all.substr(line + name.size(), all.find('\n', line) - line - name.size()));
  if (words.size() < 2) return std::nullopt;
  if (words[1] == "unlimited") return UINT64_MAX;
  const auto number = leading_number(words[1]);
  return number ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

std::string largest_scenario(const Machine& machine) {
  return fmt::format("the largest shipped scenario has {} connections", machine.most_connections);
}

}  // namespace

Finding check_descriptors(const Machine& machine) {
  const auto most = hard_limit(machine.files, "Max open files");
  const auto ceiling = machine.files.number("proc/sys/fs/nr_open");
  if (!most || !ceiling) return {Verdict::unknown, "/proc/self/limits or fs.nr_open cannot be read", ""};
  const auto found =
      fmt::format("hard limit {}, fs.nr_open {}; {}", *most, *ceiling, largest_scenario(machine));
  const std::uint64_t needed = machine.most_connections + kSpare;
  if (*most >= needed) return {Verdict::ok, found, ""};
  const auto raise =
      fmt::format("sudo prlimit --pid $$ --nofile={}", std::max<std::uint64_t>(needed, 65'536));
  if (static_cast<std::uint64_t>(*ceiling) >= std::max<std::uint64_t>(needed, 65'536)) {
    return {Verdict::problem, found, raise};
  }
  return {Verdict::problem, found, "sudo sysctl -w fs.nr_open=1048576 && " + raise};
}

Finding check_processes(const Machine& machine) {
  const auto& files = machine.files;
  const auto threads = files.number("proc/sys/kernel/threads-max");
  const auto pids = files.number("proc/sys/kernel/pid_max");
  const auto own = hard_limit(files, "Max processes");
  if (!threads || !pids || !own) return {Verdict::unknown, "the kernel's limits cannot be read", ""};
  const auto found = fmt::format("{} of this user, threads-max {}, pid_max {}; {}",
                                 *own == UINT64_MAX ? "no limit" : std::to_string(*own), *threads, *pids,
                                 largest_scenario(machine));
  const std::uint64_t needed = machine.most_connections + kSpare;
  if (*own < needed) {
    return {Verdict::problem, found, fmt::format("sudo prlimit --pid $$ --nproc={}", 2 * needed)};
  }
  for (const auto& [name, most] : {std::pair("threads-max", *threads), std::pair("pid_max", *pids)}) {
    if (static_cast<std::uint64_t>(most) < needed) {
      return {Verdict::problem, found, fmt::format("sudo sysctl -w kernel.{}={}", name, 2 * needed)};
    }
  }
  return {Verdict::ok, found, ""};
}

Finding check_ports(const Machine& machine) {
  const auto& files = machine.files;
  const auto range = files.line("proc/sys/net/ipv4/ip_local_port_range");
  if (!range) return {Verdict::unknown, "ip_local_port_range cannot be read", ""};
  const auto ports =
      os::count_local_ports(*range, files.line("proc/sys/net/ipv4/ip_local_reserved_ports").value_or(""));
  const auto sure = load::connections_per_source(ports);
  const auto found = fmt::format("{} for one source address, of which {} can be counted on; {}", ports, sure,
                                 largest_scenario(machine));
  if (sure >= machine.most_connections) return {Verdict::ok, found, ""};
  // On 127.0.0.0/8 the generator takes further source addresses, so that runs go on.
  return {Verdict::warning, found, "sudo sysctl -w net.ipv4.ip_local_port_range='1024 65535'"};
}

Finding check_somaxconn(const Machine& machine) {
  const auto most = machine.files.number("proc/sys/net/core/somaxconn");
  if (!most) return {Verdict::unknown, "net.core.somaxconn cannot be read", ""};
  const auto found = fmt::format("{}; our servers ask for {}", *most, kOurBacklog);
  if (*most >= kOurBacklog) return {Verdict::ok, found, ""};
  return {Verdict::warning, found, fmt::format("sudo sysctl -w net.core.somaxconn={}", kOurBacklog)};
}

}  // namespace threadmill::harness::doctor
