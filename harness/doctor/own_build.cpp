// How this very program, and so the servers and the generator beside it, was built.

#include <fmt/format.h>

#include "harness/doctor/checks.h"

namespace threadmill::harness::doctor {

Finding check_build(const Machine& machine) {
  const auto& flags = machine.compiler_flags;
  const auto found =
      fmt::format("{} ({})", machine.build_type.empty() ? "no build type" : machine.build_type, flags);
  const bool optimised = flags.find("-O2") != std::string::npos || flags.find("-O3") != std::string::npos;
  if (optimised && flags.find("-fsanitize") == std::string::npos) return {Verdict::ok, found, ""};
  return {Verdict::problem, found, "env -u THREADMILL_PRESET ./threadmill run quick"};
}

}  // namespace threadmill::harness::doctor
