#include "results/sweep/capacity_search.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <random>

namespace threadmill::results {
namespace {

using enum ProbeOutcome;
using Prober = std::function<ProbeOutcome(Level)>;

/// Probes until the search is over; the levels in their order.
std::vector<Level> run(CapacitySearch& search, const Prober& probe) {
  std::vector<Level> levels;
  while (const auto level = search.next()) {
    levels.push_back(*level);
    search.observe(probe(*level));
  }
  return levels;
}

Prober up_to(Level capacity) {
  return [=](Level level) { return level <= capacity ? meets : violates; };
}

Bracket search_for(Level capacity, const SearchRange& range, std::optional<double> guess = {}) {
  CapacitySearch search(range, guess);
  run(search, up_to(capacity));
  return bracket_of(search.outcomes());
}

TEST(CapacitySearch, DoublesUntilItIsViolatedAndConfirmsThatThenHalvesTheLogarithm) {
  CapacitySearch search({100, 1'000'000, 0.2});
  EXPECT_THAT(run(search, up_to(1'000)), testing::ElementsAre(100, 200, 400, 800, 1600, 1600, 1131, 951));
  const auto bracket = bracket_of(search.outcomes());
  EXPECT_EQ(bracket.meets, 951);
  EXPECT_EQ(bracket.violates, 1131);
}

TEST(CapacitySearch, EveryCapacityLiesInABracketAsNarrowAsAsked) {
  const SearchRange range{1, 10'000'000, 0.05};
  for (const Level capacity : {1, 2, 3, 7, 10, 99, 1'234, 50'000, 777'777, 9'000'000}) {
    for (const auto guess : {std::optional<double>(), std::optional<double>(static_cast<double>(capacity)),
                             std::optional<double>(40), std::optional<double>(5e6)}) {
      const auto bracket = search_for(capacity, range, guess);
      ASSERT_TRUE(bracket.is_closed()) << capacity;
      EXPECT_LE(*bracket.meets, capacity);
      EXPECT_GT(*bracket.violates, capacity);
      EXPECT_LE(static_cast<double>(*bracket.violates), static_cast<double>(*bracket.meets) * 1.05 + 1);
      EXPECT_TRUE(is_finished(bracket, range));
    }
  }
}

TEST(CapacitySearch, AGoodGuessSavesProbesAndABadOneIsMended) {
  const SearchRange range{1'000, 10'000'000, 0.05};
  CapacitySearch near(range, 52'000.0), first(range);
  EXPECT_LE(run(near, up_to(50'000)).size(), 6U);
  EXPECT_GE(run(first, up_to(50'000)).size(), 10U);
}

TEST(CapacitySearch, OneDisturbanceDoesNotEndTheClimb) {
  CapacitySearch search({1'000, 1'000'000, 0.05});
  bool disturbed = false;
  run(search, [&](Level level) {
    if (level == 4'000 && !disturbed) {
      disturbed = true;
      return violates;
    }
    return level <= 50'000 ? meets : violates;
  });
  EXPECT_GT(*bracket_of(search.outcomes()).meets, 45'000);
}

TEST(CapacitySearch, WhereTheHighestLevelIsMetTheAnswerIsOpen) {
  const SearchRange range{1'000, 30'000, 0.05};
  const auto bracket = search_for(1'000'000, range);
  EXPECT_EQ(bracket.meets, 30'000);
  EXPECT_FALSE(bracket.violates);
  EXPECT_TRUE(is_finished(bracket, range));
}

TEST(CapacitySearch, WhereTheLowestLevelIsViolatedItDoesNotLookBelow) {
  const SearchRange range{1'000, 30'000, 0.05};
  const auto bracket = search_for(10, range, 20'000.0);
  EXPECT_FALSE(bracket.meets);
  EXPECT_EQ(bracket.violates, 1'000);
  EXPECT_TRUE(is_finished(bracket, range));
}

TEST(CapacitySearch, LevelsThatCannotBeJudgedAreAnEndOfWhatIsKnown) {
  CapacitySearch search({1'000, 1'000'000, 0.05});
  run(search, [](Level level) { return level <= 50'000 ? meets : cannot_say; });
  const auto bracket = bracket_of(search.outcomes());
  EXPECT_GT(*bracket.meets, 47'000);
  EXPECT_FALSE(bracket.is_closed());
  const auto capacity = combine(std::vector{bracket});
  EXPECT_EQ(capacity.kind, Capacity::Kind::at_least);
  EXPECT_EQ(capacity.value, static_cast<double>(*bracket.meets));
  EXPECT_FALSE(capacity.high);
}

TEST(CapacitySearch, ASearchThatWasBrokenOffIsNotFinished) {
  const SearchRange range{1'000, 1'000'000, 0.05};
  EXPECT_FALSE(is_finished(bracket_of({{1'000, meets}}), range));
  EXPECT_FALSE(is_finished(bracket_of({{1'000, meets}, {2'000, violates}}), range));
}

TEST(Bracket, LevelsOutOfOrderWidenItToBothSides) {
  const auto bracket = bracket_of({{10, meets}, {20, violates}, {30, meets}, {40, violates}});
  EXPECT_TRUE(bracket.disordered);
  EXPECT_EQ(bracket.meets, 10);
  EXPECT_EQ(bracket.violates, 40);
  EXPECT_FALSE(bracket_of({{10, meets}, {20, violates}}).disordered);
}

TEST(Bracket, WhatCannotBeJudgedBelowALevelThatMeetsDoesNotMatter) {
  const auto bracket = bracket_of({{10, meets}, {20, cannot_say}, {30, meets}, {40, violates}});
  EXPECT_TRUE(bracket.is_closed());
  EXPECT_EQ(bracket.meets, 30);
}

Bracket closed(Level low, Level high) {
  return {.meets = low, .violates = high, .cannot_say = {}, .disordered = false};
}

TEST(Capacity, IsTheMedianOfTheMiddlesWithTheWholeRangeWhereSearchesAreFew) {
  const auto capacity = combine(std::vector{closed(100, 144), closed(400, 441), closed(225, 256)});
  EXPECT_EQ(capacity.kind, Capacity::Kind::measured);
  EXPECT_DOUBLE_EQ(capacity.value, 240);
  EXPECT_EQ(capacity.low, 100);
  EXPECT_EQ(capacity.high, 441);
  EXPECT_DOUBLE_EQ(capacity.confidence, 0.75);  // 1 - 2^(1-3)
  EXPECT_FALSE(capacity.is_confident());
}

TEST(Capacity, SixSearchesGiveAnIntervalOf95PercentAndNineLeaveTheExtremesOut) {
  std::vector<Bracket> searches;
  for (Level i = 1; i <= 6; ++i) searches.push_back(closed(100 * i, 100 * i + 5));
  EXPECT_NEAR(combine(searches).confidence, 0.96875, 1e-9);
  for (Level i = 7; i <= 9; ++i) searches.push_back(closed(100 * i, 100 * i + 5));
  const auto capacity = combine(searches);
  EXPECT_TRUE(capacity.is_confident());
  EXPECT_EQ(capacity.low, 200);
  EXPECT_EQ(capacity.high, 805);
}

TEST(Capacity, OneOpenAnswerOfThreeLeavesTheMedianAndOpensTheInterval) {
  const Bracket open{.meets = 300, .violates = {}, .cannot_say = {}, .disordered = false};
  const auto measured = combine(std::vector{closed(100, 110), closed(200, 220), open});
  EXPECT_EQ(measured.kind, Capacity::Kind::measured);
  EXPECT_NEAR(measured.value, std::sqrt(200.0 * 220), 1e-9);
  EXPECT_FALSE(measured.high);
  EXPECT_EQ(combine(std::vector{closed(100, 110), open, open}).kind, Capacity::Kind::at_least);
}

TEST(Capacity, WhereTheLowestLevelIsViolatedItIsBelow) {
  const Bracket below{.meets = {}, .violates = 1'000, .cannot_say = {}, .disordered = false};
  const auto capacity = combine(std::vector{below, below});
  EXPECT_EQ(capacity.kind, Capacity::Kind::below);
  EXPECT_EQ(capacity.value, 1'000);
  EXPECT_EQ(combine({}).kind, Capacity::Kind::unknown);
}

/// A queue with one server, M/M/1: response times are exponential with mean 1 / (highest - rate), so that
/// their 99th percentile is ln(100) times that. Each probe is disturbed: its percentile is multiplied by a
/// log-normal factor.
class NoisyQueue {
 public:
  NoisyQueue(double highest_per_s, double limit_s, double noise, std::uint64_t seed)
      : highest_per_s_(highest_per_s), limit_s_(limit_s), noise_(0, noise), random_(seed) {}

  double capacity() const { return highest_per_s_ - std::log(100.0) / limit_s_; }

  ProbeOutcome probe(Level level) {
    const double free_per_s = highest_per_s_ - static_cast<double>(level);
    if (free_per_s <= 0) return violates;
    return std::log(100.0) / free_per_s * std::exp(noise_(random_)) < limit_s_ ? meets : violates;
  }

 private:
  double highest_per_s_;
  double limit_s_;
  std::normal_distribution<double> noise_;
  std::mt19937_64 random_;
};

/// How often, of `sweeps`, the interval of `searches` searches contains the true capacity.
double coverage(int sweeps, int searches, double noise) {
  int contained = 0;
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    NoisyQueue queue(20'000, 0.001, noise, static_cast<std::uint64_t>(sweep));
    std::vector<Bracket> brackets;
    std::optional<double> guess;
    for (int i = 0; i < searches; ++i) {
      CapacitySearch search({1'000, 1'000'000, 0.05}, guess);
      run(search, [&](Level level) { return queue.probe(level); });
      brackets.push_back(bracket_of(search.outcomes()));
      guess = combine(brackets).value * (1 + 0.02 * std::sin(i));
    }
    const auto capacity = combine(brackets);
    if (capacity.low <= queue.capacity() && queue.capacity() <= capacity.high.value_or(1e9)) ++contained;
  }
  return static_cast<double>(contained) / sweeps;
}

// The stated shares, less three standard deviations of a binomial share over the sweeps; with no noise at all
// every interval must contain it.
TEST(Capacity, TheIntervalContainsTheTruthInTheStatedShareOfNoisySweeps) {
  constexpr int sweeps = 400;
  const auto least = [](double share) { return share - 3 * std::sqrt(share * (1 - share) / sweeps); };
  EXPECT_EQ(coverage(sweeps, 3, 0), 1);
  for (const double noise : {0.05, 0.2, 0.5}) {
    EXPECT_GE(coverage(sweeps, 3, noise), least(0.75)) << noise;
    EXPECT_GE(coverage(sweeps, 6, noise), least(0.95)) << noise;
    EXPECT_GE(coverage(sweeps, 9, noise), least(0.95)) << noise;
  }
}

}  // namespace
}  // namespace threadmill::results
