#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace threadmill {

/// The children of a process, "12 34 ", dead ones that nobody has reaped included; "" when there are none.
inline std::string children_of(pid_t pid) {
  std::string children;
  std::ifstream in(fmt::format("/proc/{}/task/{}/children", pid, pid));
  std::getline(in, children);
  return children;
}

/// Ours; with PR_SET_CHILD_SUBREAPER also the orphans of what we started.
inline std::string my_children() { return children_of(::getpid()); }

}  // namespace threadmill
