#include "harness/sweep/subject_searches.h"

#include <gmock/gmock.h>

#include <set>

namespace threadmill::harness {
namespace {

using results::Level;
using results::ProbeOutcome;
using results::ProbeVerdict;

constexpr results::SearchRange kRange{1'000, 1'000'000, 0.05};

/// The steps of all searches for a capacity that is always the same.
std::vector<SubjectSearches::Step> steps_for(Level capacity, int searches, std::uint64_t seed) {
  SubjectSearches subject(kRange, searches, seed);
  std::vector<SubjectSearches::Step> steps;
  while (const auto step = subject.next()) {
    steps.push_back(*step);
    subject.observe({step->level <= capacity ? ProbeOutcome::meets : ProbeOutcome::violates, ""});
  }
  return steps;
}

TEST(SubjectSearches, EachSearchIsOneMoreRepeatAndStartsNearTheAnswersBefore) {
  const auto steps = steps_for(50'000, 3, 1);
  EXPECT_EQ(steps.front().level, 1'000);
  EXPECT_EQ(steps.back().repeat, 2);
  for (const auto& step : steps) {
    if (step.repeat == 0) continue;
    EXPECT_GT(step.level, 40'000);
    EXPECT_LT(step.level, 62'000);
  }
}

TEST(SubjectSearches, SearchesDoNotAskTheSameLevels) {
  std::set<Level> first_levels;
  int before = -1;
  for (const auto& step : steps_for(50'000, 6, 1)) {
    if (step.repeat != before) first_levels.insert(step.level);
    before = step.repeat;
  }
  EXPECT_EQ(first_levels.size(), 6U);
}

TEST(SubjectSearches, TheSeedSettlesTheLevels) {
  const auto levels = [](std::uint64_t seed) {
    std::vector<Level> asked;
    for (const auto& step : steps_for(50'000, 3, seed)) asked.push_back(step.level);
    return asked;
  };
  EXPECT_EQ(levels(1), levels(1));
  EXPECT_NE(levels(1), levels(2));
}

TEST(SubjectSearches, AProbeWithoutAnOutcomeEndsThem) {
  SubjectSearches subject(kRange, 3, 1);
  EXPECT_FALSE(subject.knows_something());
  subject.observe({ProbeOutcome::meets, ""});
  subject.observe({std::nullopt, "the server did not start"});
  EXPECT_FALSE(subject.next());
  EXPECT_TRUE(subject.is_broken());
  EXPECT_TRUE(subject.knows_something());
}

TEST(OrderOfStep, IsMirroredInEachPairOfStepsAndShuffledBetweenThem) {
  std::set<std::vector<std::size_t>> seen;
  for (std::size_t step = 0; step < 40; step += 2) {
    auto order = order_of_step(4, step, 7);
    EXPECT_THAT(order, testing::UnorderedElementsAre(0, 1, 2, 3));
    seen.insert(order);
    std::reverse(order.begin(), order.end());
    EXPECT_EQ(order_of_step(4, step + 1, 7), order);
  }
  EXPECT_GT(seen.size(), 5U);
}

}  // namespace
}  // namespace threadmill::harness
