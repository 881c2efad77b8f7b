#pragma once
// The control groups that this process is in.

#include <filesystem>
#include <string>
#include <vector>

#include "harness/machine/machine_files.h"

namespace threadmill::harness::doctor {

/// Every file called `version2` (of the unified hierarchy) or `version1` (of the controller's own) that there
/// is in our group and those around it, innermost first, relative to the root: limits of all of them hold for
/// us. cgroups(7). In a container the groups' paths may be the host's, of which only the last part can be
/// seen.
std::vector<std::filesystem::path> cgroup_files(const MachineFiles& files, const std::string& controller,
                                                const std::string& version2, const std::string& version1);

}  // namespace threadmill::harness::doctor
