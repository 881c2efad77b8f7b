#pragma once
// Running Node.js to its end.

#include <optional>
#include <string>
#include <vector>

namespace threadmill::plots {

struct NodeOutput {
  int exit_status = 0;  ///< 128 + signal when it was killed by one
  std::string text;     ///< standard output
  std::string errors;   ///< standard error
};

/// Runs `node` from PATH with these arguments and an empty standard input. Nothing when there is no node.
/// Throws std::system_error when it cannot be started for another reason.
std::optional<NodeOutput> run_node(const std::vector<std::string>& arguments);

}  // namespace threadmill::plots
