#pragma once
// The order of trials. A machine drifts (heat, neighbours), so no subject's repeats may sit together.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::harness {

/// How scenarios follow each other.
enum class ScenarioOrder {
  as_listed,  ///< in each block alike: runs of before the order was mirrored
  mirrored,   ///< backwards in every second block, so that drift falls on ratios between scenarios both ways
};

/// What the header of a result file says about the order.
std::string_view order_description(ScenarioOrder order);

/// The order that a header tells of; nothing for one that this version does not make.
std::optional<ScenarioOrder> order_described(std::string_view description);

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
/// number of repeats the last block is not mirrored. Scenarios are balanced by an even number of blocks. The
/// same arguments give the same order on every machine.
std::vector<Slot> schedule(const std::vector<ScheduledScenario>& scenarios, int repeats, std::uint64_t seed,
                           ScenarioOrder order = ScenarioOrder::mirrored);

}  // namespace threadmill::harness
