#include "harness/trial/schedule.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
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

/// The scenarios as they follow each other.
Names scenarios_of(const std::vector<Slot>& slots) {
  Names order;
  for (const auto& slot : slots) {
    if (order.empty() || order.back() != slot.scenario) order.push_back(slot.scenario);
  }
  return order;
}

TEST(Schedule, TrialsOfAScenariosBlockStandTogether) {
  EXPECT_THAT(scenarios_of(schedule(kTwo, 2, 3)), ::testing::ElementsAre("one", "two"));
}

// So that drift falls on ratios between two scenarios both ways.
TEST(Schedule, EverySecondBlockRunsTheScenariosBackwards) {
  const std::vector<ScheduledScenario> three = {{"one", {"A", "B"}}, {"two", {"A", "B"}}, {"three", {"A"}}};
  const auto slots = schedule(three, 8, 3);
  EXPECT_THAT(scenarios_of(slots),
              ::testing::ElementsAre("one", "two", "three", "two", "one", "two", "three", "two", "one"));
  std::map<std::string, std::size_t> sums;
  for (std::size_t place = 0; place < slots.size(); ++place) sums[slots[place].scenario] += place;
  EXPECT_EQ(sums["one"], sums["two"]) << "with an even number of blocks";
  EXPECT_EQ(sums["one"], 2 * sums["three"]);
}

// What was begun before goes on as it was begun.
TEST(Schedule, TheOrderOfEarlierFilesCanStillBeMade) {
  const auto order = order_described("ABBA blocks, seeded shuffle");
  ASSERT_EQ(order, ScenarioOrder::as_listed);
  auto slots = schedule(kTwo, 4, 3, *order);
  EXPECT_THAT(scenarios_of(slots), ::testing::ElementsAre("one", "two", "one", "two"));
  const auto mirrored = schedule(kTwo, 4, 3);
  EXPECT_THAT(slots, ::testing::UnorderedElementsAreArray(mirrored));
  for (int repeat = 0; repeat < 4; ++repeat)
    EXPECT_EQ(subjects_of(slots, "one", repeat), subjects_of(mirrored, "one", repeat));
}

TEST(Schedule, AHeaderTellsTheOrder) {
  for (const auto order : {ScenarioOrder::as_listed, ScenarioOrder::mirrored})
    EXPECT_EQ(order_described(order_description(order)), order);
  EXPECT_FALSE(order_described("by size"));
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
