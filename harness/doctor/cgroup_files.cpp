#include "harness/doctor/cgroup_files.h"

#include <algorithm>
#include <sstream>

namespace threadmill::harness::doctor {
namespace {

namespace fs = std::filesystem;

const fs::path kMount = "sys/fs/cgroup";

/// A line of /proc/self/cgroup: "hierarchy:controllers:path".
struct Membership {
  std::vector<std::string> controllers;  ///< none: version 2
  fs::path group;
};

Membership read_membership(const std::string& line) {
  Membership membership;
  std::istringstream parts(line);
  std::string number, controllers, group;
  std::getline(parts, number, ':');
  std::getline(parts, controllers, ':');
  std::getline(parts, group);
  std::istringstream list(controllers);
  for (std::string name; std::getline(list, name, ',');) membership.controllers.push_back(name);
  membership.group = fs::path(group).relative_path();
  return membership;
}

void add_existing(std::vector<fs::path>& found, const MachineFiles& files, const fs::path& mount,
                  fs::path group, const std::string& name) {
  while (true) {
    const fs::path file = group.empty() ? mount / name : mount / group / name;
    if (files.exists(file) && std::find(found.begin(), found.end(), file) == found.end())
      found.push_back(file);
    if (group.empty()) return;
    group = group.parent_path();
  }
}

}  // namespace

std::vector<fs::path> cgroup_files(const MachineFiles& files, const std::string& controller,
                                   const std::string& version2, const std::string& version1) {
  std::vector<fs::path> found;
  std::istringstream lines(files.text("proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    const auto [controllers, group] = read_membership(line);
    if (controllers.empty()) {
      add_existing(found, files, kMount, group, version2);
      add_existing(found, files, kMount / "unified", group, version2);  // beside version 1
    } else if (std::find(controllers.begin(), controllers.end(), controller) != controllers.end()) {
      add_existing(found, files, kMount / controller, group, version1);
    }
  }
  return found;
}

}  // namespace threadmill::harness::doctor
