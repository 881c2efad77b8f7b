// How often the rule of the gate is right, over simulated gates: 20 blocks, 2.5 % of noise in a block's
// ratio.

#include <gtest/gtest.h>

#include "results/gate/gate_decision.h"
#include "tests/results/staged_gate.h"

namespace threadmill::results {
namespace {

constexpr int kGates = 200;
constexpr int kPowerBlocks = 20;
constexpr double kTrialNoise = 3.54;  // percent, of one ratio; a block is the mean of two: 2.5 %

ByRepeat by_repeat(const CostOf& cost, int blocks = kPowerBlocks) {
  ByRepeat values;
  for (int repeat = 0; repeat < 2 * blocks; ++repeat) values[repeat] = cost(repeat);
  return values;
}

struct Tally {
  int passed = 0;
  int regressions = 0;
};

void count(Tally& tally, const Contrast& contrast) {
  const auto outcome = decide(contrast, {0.05, contrast.ratio->p_value, 0}).outcome;
  tally.passed += outcome == GateOutcome::passed;
  tally.regressions += outcome == GateOutcome::regression;
}

/// Live: candidate and baseline in the same blocks.
Tally paired(double times) {
  Tally tally;
  for (int gate = 0; gate < kGates; ++gate) {
    const auto seed = static_cast<std::uint64_t>(gate);
    count(tally, contrast_of_pairs(by_repeat(noisy(times, kTrialNoise, seed))));
  }
  return tally;
}

/// Two files, each subject in proportion to its yardstick.
Tally unpaired(double times) {
  Tally tally;
  for (int gate = 0; gate < kGates; ++gate) {
    const auto seed = static_cast<std::uint64_t>(2 * gate);
    count(tally, contrast_of_samples(blocks_of(by_repeat(noisy(1, kTrialNoise, seed))),
                                     blocks_of(by_repeat(noisy(times, kTrialNoise, seed + 1)))));
  }
  return tally;
}

TEST(GatePower, TheSameIsNeverARegressionAndNearlyAlwaysPasses) {
  for (const Tally tally : {paired(1), unpaired(1)}) {
    EXPECT_LE(tally.regressions, 1);
    EXPECT_GE(tally.passed, 195);
  }
}

TEST(GatePower, FivePercentAreCaughtNineTimesOfTen) {
  EXPECT_GE(paired(1.05).regressions, 185);
  EXPECT_GE(unpaired(1.05).regressions, 185);
}

TEST(GatePower, TenPercentAreAlwaysCaught) {
  EXPECT_EQ(paired(1.10).regressions, kGates);
  EXPECT_EQ(unpaired(1.10).regressions, kGates);
}

/// A run of its own, of so many blocks, in which the second is `times` the first.
Contrast another_run(bool is_paired, int blocks, double times, std::uint64_t seed) {
  const auto values = by_repeat(noisy(times, kTrialNoise, 2 * seed), blocks);
  if (is_paired) return contrast_of_pairs(values);
  return contrast_of_samples(blocks_of(by_repeat(noisy(1, kTrialNoise, 2 * seed + 1), blocks)),
                             blocks_of(values));
}

/// In how many percent of pairs of runs the second finds what the first called detectable.
double percent_found(bool is_paired, int blocks, std::size_t tests) {
  constexpr int runs = 300;
  int found = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    const auto change = smallest_detectable_change(another_run(is_paired, blocks, 1, 2 * run), tests);
    const auto next = another_run(is_paired, blocks, 1 + change.value(), 2 * run + 1);
    found += next.above_noise() && next.ratio->p_value * static_cast<double>(tests) < significance_level;
  }
  return 100.0 * found / runs;
}

TEST(GatePower, TheSmallestDetectableChangeIsFoundNineTimesOfTen) {
  for (const bool is_paired : {true, false}) {
    // Of ten pairs the steps of the p-value are too coarse for several tests.
    for (const auto& [blocks, tests] : {std::pair(10, 1U), {20, 1U}, {20, 4U}}) {
      const double percent = percent_found(is_paired, blocks, tests);
      EXPECT_GE(percent, 85) << is_paired << ", " << blocks << " blocks, " << tests << " tests";
      EXPECT_LE(percent, 95) << is_paired << ", " << blocks << " blocks, " << tests << " tests";
    }
  }
}

TEST(GatePower, SoFewBlocksDetectNothingAmongMany) {
  const auto six = another_run(true, 6, 1, 1);
  EXPECT_TRUE(smallest_detectable_change(six, 1));
  EXPECT_FALSE(smallest_detectable_change(six, 4));
}

}  // namespace
}  // namespace threadmill::results
