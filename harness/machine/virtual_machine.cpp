#include "harness/machine/virtual_machine.h"

namespace threadmill::harness {

bool is_virtual(const MachineFiles& files) {
  if (files.exists("sys/hypervisor/type") || files.exists("proc/device-tree/hypervisor")) return true;
  const auto flags = files.field("proc/cpuinfo", "flags");
  return flags && (" " + *flags + " ").find(" hypervisor ") != std::string::npos;
}

std::optional<std::string> hypervisor_name(const MachineFiles& files) {
  for (const char* path :
       {"sys/hypervisor/type", "sys/class/dmi/id/sys_vendor", "proc/device-tree/hypervisor/compatible"}) {
    if (auto name = files.line(path)) return name;
  }
  return std::nullopt;
}

}  // namespace threadmill::harness
