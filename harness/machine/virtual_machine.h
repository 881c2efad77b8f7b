#pragma once
// Whether this machine is a virtual one.

#include <optional>
#include <string>

#include "harness/machine/machine_files.h"

namespace threadmill::harness {

/// The hypervisor shows itself, or the processor says with its flag of that name that it is one of a
/// hypervisor's.
bool is_virtual(const MachineFiles& files);

/// What the hypervisor, or else the maker of the machine, calls itself; nothing where nobody tells.
std::optional<std::string> hypervisor_name(const MachineFiles& files);

}  // namespace threadmill::harness
