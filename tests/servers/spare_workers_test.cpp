#include "servers/net/spare_workers.h"

#include <gtest/gtest.h>

namespace threadmill::servers {
namespace {

TEST(SpareWorkersCount, SoManyAreMissingUntilEnoughStandReady) {
  const SpareWorkers spare(8, 100);
  EXPECT_EQ(spare.missing(0, 0), 8U);
  EXPECT_EQ(spare.missing(8, 8), 0U);
  EXPECT_EQ(spare.missing(7, 30), 1U);
  EXPECT_EQ(spare.missing(20, 30), 0U);
}

TEST(SpareWorkersCount, NeverMoreThanTheLimit) {
  const SpareWorkers spare(8, 10);
  EXPECT_EQ(spare.missing(3, 7), 3U);
  EXPECT_EQ(spare.missing(0, 10), 0U);
  EXPECT_EQ(SpareWorkers(8, 2).missing(0, 0), 2U);
  EXPECT_EQ(SpareWorkers(8, 2).missing(1, 2), 0U);
}

TEST(SpareWorkersCount, OnlyThoseThatWereIdleTheLastTimeTooAreSurplus) {
  SpareWorkers spare(2, 100);
  EXPECT_EQ(spare.surplus(2), 0U);
  EXPECT_EQ(spare.surplus(50), 0U) << "their clients have only just left";
  EXPECT_EQ(spare.surplus(30), 28U);
  EXPECT_EQ(spare.surplus(2), 0U);
  EXPECT_EQ(spare.surplus(9), 0U);
  EXPECT_EQ(spare.surplus(3), 1U);
}

TEST(SpareWorkersCount, ItShrinksToTheNumberAskedFor) {
  const SpareWorkers spare(2, 100);
  EXPECT_FALSE(spare.may_shrink(2));
  EXPECT_TRUE(spare.may_shrink(3));
}

}  // namespace
}  // namespace threadmill::servers
