#include "harness/trial/schedule.h"

#include <algorithm>
#include <random>
#include <utility>

namespace threadmill::harness {
namespace {

// std::shuffle's use of the generator differs between standard libraries; this does not. The bias of the
// remainder is below 2^-50 for any list of subjects.
void shuffle(std::vector<std::string>& names, std::mt19937_64& random) {
  for (std::size_t i = names.size(); i > 1; --i) std::swap(names[i - 1], names[random() % i]);
}

/// Both repeats of one scenario; an odd number of repeats ends with the first of them.
std::vector<Slot> block_of(const ScheduledScenario& scenario, int repeat, int repeats,
                           std::mt19937_64& random) {
  std::vector<Slot> slots;
  auto order = scenario.subjects;
  shuffle(order, random);
  for (const auto& subject : order) slots.push_back({scenario.scenario, subject, repeat});
  if (repeat + 1 == repeats) return slots;
  std::reverse(order.begin(), order.end());
  for (const auto& subject : order) slots.push_back({scenario.scenario, subject, repeat + 1});
  return slots;
}

constexpr std::string_view kAsListed = "ABBA blocks, seeded shuffle";
constexpr std::string_view kMirrored = "ABBA blocks of subjects and of scenarios, seeded shuffle";

}  // namespace

std::string_view order_description(ScenarioOrder order) {
  return order == ScenarioOrder::mirrored ? kMirrored : kAsListed;
}

std::optional<ScenarioOrder> order_described(std::string_view description) {
  if (description == kMirrored) return ScenarioOrder::mirrored;
  if (description == kAsListed) return ScenarioOrder::as_listed;
  return std::nullopt;
}

std::vector<Slot> schedule(const std::vector<ScheduledScenario>& scenarios, int repeats, std::uint64_t seed,
                           ScenarioOrder order) {
  std::mt19937_64 random(seed);
  std::vector<Slot> slots;
  for (int repeat = 0; repeat < repeats; repeat += 2) {
    std::vector<std::vector<Slot>> blocks;  // drawn in the order of the list, whichever way they are run
    for (const auto& scenario : scenarios) blocks.push_back(block_of(scenario, repeat, repeats, random));
    if (order == ScenarioOrder::mirrored && repeat % 4 == 2) std::reverse(blocks.begin(), blocks.end());
    for (const auto& block : blocks) slots.insert(slots.end(), block.begin(), block.end());
  }
  return slots;
}

}  // namespace threadmill::harness
