// How often the rule of the gate is right, over simulated gates: 20 blocks, 2.5 % of noise in a block's
// ratio.

#include <gtest/gtest.h>

#include "results/gate_decision.h"
#include "tests/results/staged_gate.h"

namespace threadmill::results {
namespace {

constexpr int kGates = 200;
constexpr int kPowerBlocks = 20;
constexpr double kTrialNoise = 3.54;  // percent, of one ratio; a block is the mean of two: 2.5 %

ByRepeat by_repeat(const CostOf& cost) {
  ByRepeat values;
  for (int repeat = 0; repeat < 2 * kPowerBlocks; ++repeat) values[repeat] = cost(repeat);
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

}  // namespace
}  // namespace threadmill::results
