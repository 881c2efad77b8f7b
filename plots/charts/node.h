#pragma once
// Running Node.js, or another program that makes pictures, to its end.

#include <optional>
#include <string>
#include <vector>

namespace threadmill::plots {

struct ProgramOutput {
  int exit_status = 0;  ///< 128 + signal when it was killed by one
  std::string text;     ///< standard output
  std::string errors;   ///< standard error
};

/// Runs a program from PATH with these arguments and an empty standard input; no shell is involved. Nothing
/// when there is no such program. Throws std::system_error when it cannot be started for another reason.
std::optional<ProgramOutput> run_program(const std::string& program,
                                         const std::vector<std::string>& arguments);

/// The same with `node`.
std::optional<ProgramOutput> run_node(const std::vector<std::string>& arguments);

}  // namespace threadmill::plots
