#pragma once
// Where results come from: the machine, the system, the build. Facts only, each with its source.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace threadmill::harness {

/// The "environment" of a result file's header. What this machine does not tell is null. No host name.
nlohmann::json describe_environment();

/// The "tool" of a result file's header: version, and the commit that this program was built from (null where
/// that was outside of git).
nlohmann::json describe_tool();

/// The first line that the command prints on its standard output, or null where it fails or is not there.
nlohmann::json first_line_of(const std::vector<std::string>& argv);

}  // namespace threadmill::harness
