#pragma once
// The order of trials. A machine drifts (heat, neighbours), so no subject's repeats may sit together.

#include <cstdint>
#include <string>
#include <vector>

namespace threadmill::harness {

/// What the header of a result file says about the order.
inline constexpr const char* kOrderDescription = "ABBA blocks, seeded shuffle";

/// A scenario with the subjects that it runs.
struct ScheduledScenario {
  std::string scenario;
  std::vector<std::string> subjects;
};

/// One trial to come.
struct Slot {
  std::string scenario;
  std::string subject;
  int repeat = 0;  ///< from 0

  bool operator==(const Slot&) const = default;
};

/// Blocks of two repeats: within a block each scenario in turn runs its subjects in a shuffled order (A B C)
/// and then in the mirrored order (C B A), so that linear drift falls on each subject alike. With an odd
/// number of repeats the last block is not mirrored. The same arguments give the same order on every machine.
std::vector<Slot> schedule(const std::vector<ScheduledScenario>& scenarios, int repeats, std::uint64_t seed);

}  // namespace threadmill::harness
