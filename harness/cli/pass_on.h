#pragma once
// Handing the rest of a command line to another program.

#include <string>
#include <vector>

namespace threadmill::harness {

/// Becomes that program (execvp). Throws std::system_error naming it when that fails.
[[noreturn]] void become(const std::vector<std::string>& argv);

}  // namespace threadmill::harness
