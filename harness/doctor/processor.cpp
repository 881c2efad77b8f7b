// How fast the CPUs run, how many there are, and what they share.

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/doctor/checks.h"
#include "harness/machine/cpu_plan.h"
#include "harness/machine/virtual_machine.h"

namespace threadmill::harness::doctor {
namespace {

const std::string kCpuFolder = "sys/devices/system/cpu/";

os::CpuSet usable_cpu_set(const MachineFiles& files) {
  return parse_cpu_list(files.field("proc/self/status", "Cpus_allowed_list").value_or(""));
}

os::CpuSet cpus_in(const MachineFiles& files, const std::string& name) {
  return parse_cpu_list(files.line(kCpuFolder + name).value_or(""));
}

/// Of all frequency policies, each name once.
std::set<std::string> governors(const MachineFiles& files) {
  std::set<std::string> found;
  for (const auto& policy : files.names(kCpuFolder + "cpufreq")) {
    if (const auto name = files.line(kCpuFolder + "cpufreq/" + policy + "/scaling_governor")) {
      found.insert(*name);
    }
  }
  return found;
}

}  // namespace

std::size_t usable_cpus(const MachineFiles& files) { return usable_cpu_set(files).size(); }

Finding check_cpus(const Machine& machine) {
  const auto usable = usable_cpus(machine.files);
  if (usable == 0) return {Verdict::unknown, "/proc/self/status does not tell", ""};
  const auto online = cpus_in(machine.files, "online").size();
  std::string found = fmt::format("{} usable", usable);
  std::string remedy = "no command gives it more: take a machine with four CPUs or more";
  if (online > usable) {
    found += fmt::format(" of {} online", online);
    remedy = fmt::format("taskset --cpu-list {} ./threadmill run quick    (where no cpuset forbids it)",
                         machine.files.line(kCpuFolder + "online").value_or(""));
  }
  if (usable == 1) return {Verdict::problem, found + ": server and generator share it", remedy};
  // Half of them are the server's: below four it has one, and models with threads cannot show what they are
  // for.
  if (usable < 4) return {Verdict::warning, found + ": the server has one", remedy};
  return {Verdict::ok, found, ""};
}

Finding check_isolated_cpus(const Machine& machine) {
  const auto isolated = cpus_in(machine.files, "isolated");
  const auto usable = usable_cpu_set(machine.files);
  os::CpuSet both;
  std::set_intersection(isolated.begin(), isolated.end(), usable.begin(), usable.end(),
                        std::back_inserter(both));
  if (isolated.empty()) return {Verdict::ok, "none", ""};
  const std::string found = fmt::format("{} isolated", fmt::join(isolated, ","));
  if (both.size() < 2) return {Verdict::ok, found + ", not used for servers with threads", ""};
  os::CpuSet others;
  const auto online = cpus_in(machine.files, "online");
  std::set_difference(online.begin(), online.end(), isolated.begin(), isolated.end(),
                      std::back_inserter(others));
  return {Verdict::problem, fmt::format("{}, and this process may use {} of them", found, both.size()),
          others.empty()
              ? "boot without isolcpus"
              : fmt::format("taskset --cpu-list {} ./threadmill run quick", fmt::join(others, ","))};
}

Finding check_governor(const Machine& machine) {
  const auto found = governors(machine.files);
  if (found.empty()) {
    return {Verdict::unknown, "the kernel has no say in the clock frequency",
            is_virtual(machine.files) ? kOnlyTheHost : ""};
  }
  const auto text = fmt::format("{}", fmt::join(found, ", "));
  if (found == std::set<std::string>{"performance"}) return {Verdict::ok, text, ""};
  return {Verdict::warning, text,
          "echo performance | sudo tee /sys/devices/system/cpu/cpufreq/policy*/scaling_governor"};
}

Finding check_turbo(const Machine& machine) {
  const auto& files = machine.files;
  if (const auto off = files.number(kCpuFolder + "intel_pstate/no_turbo")) {
    if (*off != 0) return {Verdict::ok, "off", ""};
    return {Verdict::warning, "on", "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo"};
  }
  if (const auto on = files.number(kCpuFolder + "cpufreq/boost")) {
    if (*on == 0) return {Verdict::ok, "off", ""};
    return {Verdict::warning, "on", "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"};
  }
  return {Verdict::unknown, "the kernel has no switch for it", is_virtual(files) ? kOnlyTheHost : ""};
}

Finding check_smt(const Machine& machine) {
  const auto active = machine.files.number(kCpuFolder + "smt/active");
  if (!active) return {Verdict::unknown, "the kernel does not tell", ""};
  if (*active == 0) {
    return {Verdict::ok, is_virtual(machine.files) ? "none that a virtual machine can see" : "off", ""};
  }
  return {Verdict::warning, "on: a core has several CPUs",
          "echo off | sudo tee /sys/devices/system/cpu/smt/control"};
}

Finding check_mitigations(const Machine& machine) {
  const auto& files = machine.files;
  std::vector<std::string> mitigated, vulnerable;
  const auto holes = files.names(kCpuFolder + "vulnerabilities");
  for (const auto& hole : holes) {
    const auto state = files.line(kCpuFolder + "vulnerabilities/" + hole).value_or("");
    if (state.starts_with("Mitigation")) mitigated.push_back(hole);
    if (state.starts_with("Vulnerable")) vulnerable.push_back(hole);
  }
  if (holes.empty()) return {Verdict::unknown, "the kernel does not tell", ""};
  const auto found = fmt::format("{} of {} processor flaws mitigated, {} left open", mitigated.size(),
                                 holes.size(), vulnerable.size());
  const auto options = words_of(files.line("proc/cmdline").value_or(""));
  if (std::find(options.begin(), options.end(), "mitigations=off") == options.end()) {
    return {Verdict::ok, found, ""};
  }
  return {Verdict::warning, found + " (mitigations=off)",
          "take mitigations=off out of /etc/default/grub, then: sudo update-grub && sudo reboot"};
}

}  // namespace threadmill::harness::doctor
