#pragma once
// A command run to its end.

#include <string>

namespace threadmill::conformance {

struct Finished {
  int exit_code = -1;
  std::string output;  ///< both streams
};

/// Runs a command of ours in a shell (no input of anybody else's is in it), a minute at most.
Finished run_to_end(const std::string& command);

}  // namespace threadmill::conformance
