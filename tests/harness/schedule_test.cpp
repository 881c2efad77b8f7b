#include "harness/trial/schedule.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace threadmill::harness {
namespace {

using Names = std::vector<std::string>;

Names subjects_of(const std::vector<Slot>& slots, const std::string& scenario, int repeat) {
  Names names;
  for (const auto& slot : slots) {
    if (slot.scenario == scenario && slot.repeat == repeat) names.push_back(slot.subject);
  }
  return names;
}

const std::vector<ScheduledScenario> kTwo = {{"one", {"A", "B", "C", "D"}}, {"two", {"A", "B"}}};

TEST(Schedule, EverySubjectRunsOnceInEachRepeat) {
  const auto slots = schedule(kTwo, 4, 1);
  EXPECT_EQ(slots.size(), 4U * 6U);
  for (int repeat = 0; repeat < 4; ++repeat) {
    EXPECT_THAT(subjects_of(slots, "one", repeat), ::testing::UnorderedElementsAre("A", "B", "C", "D"));
    EXPECT_THAT(subjects_of(slots, "two", repeat), ::testing::UnorderedElementsAre("A", "B"));
  }
}

TEST(Schedule, SecondRepeatOfABlockMirrorsTheFirst) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto slots = schedule(kTwo, 6, seed);
    for (int repeat = 0; repeat < 6; repeat += 2) {
      auto mirrored = subjects_of(slots, "one", repeat + 1);
      std::reverse(mirrored.begin(), mirrored.end());
      EXPECT_EQ(subjects_of(slots, "one", repeat), mirrored);
    }
  }
}

// So that linear drift of the machine adds up to the same for each subject.
TEST(Schedule, SubjectsShareTheSamePlaceOnAverageWithinABlock) {
  const auto slots = schedule({{"one", {"A", "B", "C"}}}, 2, 7);
  for (const auto* subject : {"A", "B", "C"}) {
    std::size_t sum = 0;
    for (std::size_t place = 0; place < slots.size(); ++place) {
      if (slots[place].subject == subject) sum += place;
    }
    EXPECT_EQ(sum, slots.size() - 1) << subject;
  }
}

TEST(Schedule, TrialsOfAScenariosBlockStandTogether) {
  const auto slots = schedule(kTwo, 4, 3);
  Names order;
  for (const auto& slot : slots) {
    if (order.empty() || order.back() != slot.scenario) order.push_back(slot.scenario);
  }
  EXPECT_THAT(order, ::testing::ElementsAre("one", "two", "one", "two"));
}

TEST(Schedule, OddRepeatsEndWithHalfABlock) {
  const auto slots = schedule(kTwo, 3, 1);
  EXPECT_EQ(slots.size(), 3U * 6U);
  EXPECT_EQ(slots.back().repeat, 2);
}

TEST(Schedule, SeedDecidesTheOrder) {
  EXPECT_EQ(schedule(kTwo, 4, 5), schedule(kTwo, 4, 5));
  std::set<Names> orders;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    orders.insert(subjects_of(schedule(kTwo, 1, seed), "one", 0));
  EXPECT_GT(orders.size(), 12U) << "of 24 possible orders";
}

TEST(Schedule, NothingToDoIsNothing) {
  EXPECT_TRUE(schedule({}, 4, 1).empty());
  EXPECT_TRUE(schedule({{"one", {}}}, 4, 1).empty());
}

}  // namespace
}  // namespace threadmill::harness
