#pragma once
// In what two runs differ besides the code that is measured: the machine, the build, the terms that servers
// had. Pure; every thread may call it.

#include <string>
#include <vector>

#include "results/file/store.h"

namespace threadmill::results {

struct EnvironmentDifference {
  std::string name;   ///< "kernel", "server option backlog"
  std::string first;  ///< as people are shown it; "not recorded" where the file does not say
  std::string second;
  bool matters = false;  ///< whether it may move the figures by itself
  std::string why;       ///< one clause that says why it matters, or why it does not
};

/// Differences that matter come first. Options of servers are compared for the subjects that both files have.
std::vector<EnvironmentDifference> environment_differences(const ResultFile& first, const ResultFile& second);

}  // namespace threadmill::results
