#include "results/gate/blocks.h"

#include <gmock/gmock.h>

#include "results/comparison/comparison.h"
#include "tests/results/trial_records.h"

namespace threadmill::results {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Blocks, AreTheGeometricMeansOfTwoRepeats) {
  const auto blocks = blocks_of({{0, 2.0}, {1, 8.0}, {2, 9.0}, {3, 4.0}});
  EXPECT_THAT(blocks.values, ElementsAre(DoubleNear(4, 1e-12), DoubleNear(6, 1e-12)));
}

TEST(Blocks, TheControlTurnsInEveryOtherBlock) {
  const auto blocks = blocks_of({{0, 1.0}, {1, 4.0}, {2, 1.0}, {3, 4.0}});
  EXPECT_THAT(blocks.against_itself, ElementsAre(DoubleNear(0.5, 1e-12), DoubleNear(2, 1e-12)));
}

TEST(Blocks, OneWithARepeatMissingIsNone) {
  const auto blocks = blocks_of({{0, 2.0}, {3, 8.0}, {4, 3.0}, {5, 3.0}, {6, 1.0}});
  EXPECT_THAT(blocks.values, ElementsAre(DoubleNear(3, 1e-12)));
}

TEST(Blocks, OnlyValidTrialsCount) {
  auto broken = echo_trial("epoll", 1, 1000);
  broken["load"]["integrity"]["lost"] = 1;
  const auto comparison = compare({result_file("run.jsonl", {echo_trial("epoll", 0, 1000), broken})});
  const Row& row = comparison.scenarios.at(0).rows.at(0);
  EXPECT_THAT(values_by_repeat(row, Metric::requests_per_s), ElementsAre(Pair(0, 1000)));
}

TEST(Blocks, RatiosAreOfRepeatsThatBothHave) {
  EXPECT_THAT(ratios_by_repeat({{0, 6.0}, {1, 5.0}}, {{0, 3.0}, {2, 1.0}}), ElementsAre(Pair(0, 2.0)));
}

TEST(Blocks, WhatTheGeneratorHidPartOfIsSpoilt) {
  auto held = echo_trial("epoll", 0, 1000);
  hold_back(held);
  const auto comparison = compare({result_file("run.jsonl", {held})});
  const Row& row = comparison.scenarios.at(0).rows.at(0);
  EXPECT_EQ(what_spoils(row, Metric::requests_per_s), "the load generator was the limit");
  EXPECT_EQ(what_spoils(row, Metric::service_p99_ns), "the load generator was the limit");
  EXPECT_EQ(what_spoils(row, Metric::cpu_us_per_request), "");
}

}  // namespace
}  // namespace threadmill::results
