#include "results/comparison/quietness.h"

#include <gmock/gmock.h>

#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

json trial_beside(int repeat, const json& machine) {
  json trial = echo_trial("epoll", repeat, 100);
  trial["machine"] = machine;
  return trial;
}

TEST(QuietnessOf, HasMedianAndWorstTrialOfEachKind) {
  const auto kinds = quietness_of({trial_beside(0, {{"steal_percent", 1.0}, {"others_cpu_percent", 0.0}}),
                                   trial_beside(1, {{"steal_percent", 9.0}, {"others_cpu_percent", 3.0}}),
                                   trial_beside(2, {{"steal_percent", 2.0}, {"others_cpu_percent", 0.5}})});
  ASSERT_EQ(kinds.size(), 2U);
  EXPECT_EQ(kinds[0].name, "stolen by the hypervisor");
  EXPECT_EQ(kinds[0].spread.median, 2);
  EXPECT_EQ(kinds[0].spread.max, 9);
  EXPECT_EQ(kinds[0].worst_trial, "echo, epoll, repeat 2");
  EXPECT_EQ(kinds[1].spread.median, 0.5);
}

TEST(QuietnessOf, TheClockMayFallAsMuchAsRise) {
  const auto kinds = quietness_of({trial_beside(0, {{"mhz_before", 3000}, {"mhz_after", 2400}}),
                                   trial_beside(1, {{"mhz_before", 3000}, {"mhz_after", 3300}})});
  ASSERT_EQ(kinds.size(), 1U);
  EXPECT_DOUBLE_EQ(kinds[0].spread.max, 20);
  EXPECT_EQ(kinds[0].worst_trial, "echo, epoll, repeat 1");
}

TEST(QuietnessOf, WhatTheKernelDidNotTellIsLeftOut) {
  EXPECT_TRUE(quietness_of({echo_trial("epoll", 0, 100)}).empty());
  EXPECT_TRUE(
      quietness_of({trial_beside(0, {{"steal_percent", nullptr}, {"psi_cpu_percent", "much"}})}).empty());
  EXPECT_TRUE(quietness_of({}).empty());
}

}  // namespace
}  // namespace threadmill::results
