// What stands between this kernel and the processor.

#include <fmt/format.h>

#include "harness/doctor/checks.h"
#include "harness/machine/virtual_machine.h"

namespace threadmill::harness::doctor {
namespace {

bool in_container(const MachineFiles& files) {
  return files.exists(".dockerenv") || files.exists("run/.containerenv");
}

}  // namespace

Finding check_virtualisation(const Machine& machine) {
  const auto& files = machine.files;
  const std::string inside = in_container(files) ? ", in a container" : "";
  if (files.text("proc/cpuinfo").empty()) return {Verdict::unknown, "/proc/cpuinfo cannot be read", ""};
  if (!is_virtual(files)) return {Verdict::ok, "no hypervisor seen" + inside, ""};
  return {Verdict::warning,
          fmt::format("a virtual machine ({}){}",
                      hypervisor_name(files).value_or("its hypervisor does not tell its name"), inside),
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
