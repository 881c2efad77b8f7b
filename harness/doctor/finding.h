#pragma once
// What a check of this machine says.

#include <string>
#include <string_view>

namespace threadmill::harness::doctor {

/// Worst first.
enum class Verdict {
  problem,  ///< figures measured here mislead, or a shipped scenario cannot run
  warning,  ///< figures are noisier than they need be, or differ from those of other machines
  unknown,  ///< the machine does not tell
  ok,
};
std::string_view to_text(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::unknown;
  std::string found;   ///< what is so, with its numbers
  std::string remedy;  ///< a command that mends it, or why none does; empty where there is nothing to mend
};

/// What a virtual machine is told of that only its host can change.
inline constexpr const char* kOnlyTheHost = "nothing to do from inside a virtual machine";

}  // namespace threadmill::harness::doctor
