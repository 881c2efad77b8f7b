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

void append(std::vector<Slot>& slots, const std::string& scenario, const std::vector<std::string>& subjects,
            int repeat) {
  for (const auto& subject : subjects) slots.push_back({scenario, subject, repeat});
}

}  // namespace

std::vector<Slot> schedule(const std::vector<ScheduledScenario>& scenarios, int repeats, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Slot> slots;
  for (int repeat = 0; repeat < repeats; repeat += 2) {
    for (const auto& scenario : scenarios) {
      auto order = scenario.subjects;
      shuffle(order, random);
      append(slots, scenario.scenario, order, repeat);
      if (repeat + 1 == repeats) continue;
      std::reverse(order.begin(), order.end());
      append(slots, scenario.scenario, order, repeat + 1);
    }
  }
  return slots;
}

}  // namespace threadmill::harness
