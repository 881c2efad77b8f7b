#include "results/gate/gate_decision.h"

#include <gmock/gmock.h>

namespace threadmill::results {
namespace {

using ::testing::HasSubstr;

Contrast contrast(double low, double ratio, double high, double floor = 0.01) {
  RatioEstimate estimate;
  estimate.ratio = ratio;
  estimate.interval = Interval{low, high, 0.95};
  estimate.first_count = estimate.second_count = 20;
  return {estimate, floor, 0.02};
}

TEST(GateDecision, ARegressionIsSurelyWorseAndNotBelowTheLimit) {
  EXPECT_EQ(decide(contrast(1.03, 1.05, 1.07), {0.05, 0.001, 0}).outcome, GateOutcome::regression);
  EXPECT_EQ(decide(contrast(1.01, 1.03, 1.0499), {0.05, 0.001, 0}).outcome, GateOutcome::passed);
  EXPECT_EQ(decide(contrast(0.99, 1.03, 1.07), {0.05, 0.001, 0}).outcome, GateOutcome::inconclusive);
  EXPECT_EQ(decide(contrast(1.001, 1.03, 1.07, 0.04), {0.05, 0.001, 0}).outcome, GateOutcome::inconclusive);
}

TEST(GateDecision, OneOfManyCellsNeedsMoreThanChance) {
  const auto decision = decide(contrast(1.01, 1.05, 1.09), {0.05, 0.2, 0});
  EXPECT_EQ(decision.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(decision.reason, HasSubstr("by chance"));
}

// An interval that reaches 4 % and has to shrink to 2 % needs four times the blocks.
TEST(GateDecision, TellsHowManyBlocksWouldDo) {
  const auto decision = decide(contrast(1 / 1.04, 1.0, 1.04), {0.02, 1, 2.0});
  EXPECT_EQ(decision.outcome, GateOutcome::inconclusive);
  EXPECT_THAT(decision.reason, HasSubstr("about 80 blocks (160 s) would tell"));
}

TEST(GateDecision, WhatTheBaselineLacksNoTimeMakesUpFor) {
  Contrast unpaired = contrast(1 / 1.04, 1.0, 1.04);
  unpaired.ratio->pairing = Pairing::unpaired;
  EXPECT_THAT(
      decide(unpaired, {0.02, 1, 2.0}).reason,
      HasSubstr(
          "about 80 blocks of each (160 s) would tell, or a quieter machine; the baseline has 20: record it "
          "again with --repeats 160"));
  unpaired.ratio->second_count = 2000;
  EXPECT_THAT(decide(unpaired, {0.02, 1, 2.0}).reason, HasSubstr("blocks of the candidate (1"));
}

TEST(GateDecision, WithoutAnIntervalNothingIsShown) {
  Contrast few = contrast(1, 1.5, 2);
  few.ratio->interval.reset();
  EXPECT_EQ(decide(few, {}).outcome, GateOutcome::inconclusive);
  EXPECT_EQ(decide({}, {}).outcome, GateOutcome::inconclusive);
}

}  // namespace
}  // namespace threadmill::results
