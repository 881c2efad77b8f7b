// What stands between this kernel and the processor.

#include <fmt/format.h>

#include "harness/doctor/checks.h"

namespace threadmill::harness::doctor {
namespace {

std::string hypervisor_of(const MachineFiles& files) {
  for (const char* path :
       {"sys/hypervisor/type", "sys/class/dmi/id/sys_vendor", "proc/device-tree/hypervisor/compatible"}) {
    if (const auto name = files.line(path)) return *name;
  }
  return "its hypervisor does not tell its name";
}

bool in_container(const MachineFiles& files) {
  return files.exists(".dockerenv") || files.exists("run/.containerenv");
}

}  // namespace

bool is_virtual(const MachineFiles& files) {
  if (files.exists("sys/hypervisor/type") || files.exists("proc/device-tree/hypervisor")) return true;
  const auto flags = files.field("proc/cpuinfo", "flags");
  return flags && (" " + *flags + " ").find(" hypervisor ") != std::string::npos;
}

Finding check_virtualisation(const Machine& machine) {
  const auto& files = machine.files;
  const std::string inside = in_container(files) ? ", in a container" : "";
  if (files.text("proc/cpuinfo").empty()) return {Verdict::unknown, "/proc/cpuinfo cannot be read", ""};
  if (!is_virtual(files)) return {Verdict::ok, "no hypervisor seen" + inside, ""};
  return {Verdict::warning, fmt::format("a virtual machine ({}){}", hypervisor_of(files), inside),
          "nothing to do from inside a virtual machine: trust ratios of one run, and repeat"};
}

Finding check_steal(const Machine& machine) {
  if (!machine.cpu_look) return {Verdict::unknown, "nobody looked", ""};
  const double percent = machine.cpu_look->steal_percent;
  const auto found = fmt::format("{:.1f} % of the CPUs' time while we looked", percent);
  const std::string remedy = std::string(kOnlyTheHost) + ": measure at another time, or on CPUs of your own";
  // A tenth is what the differences that people look for are of; a hundredth is what a good run repeats
  // within.
  if (percent >= 10) return {Verdict::problem, found, remedy};
  if (percent >= 1) return {Verdict::warning, found, remedy};
  return {Verdict::ok, found, ""};
}

}  // namespace threadmill::harness::doctor
