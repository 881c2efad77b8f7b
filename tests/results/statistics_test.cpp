#include "results/statistics/statistics.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace threadmill::results {
namespace {

std::vector<double> one_to(int n) {
  std::vector<double> values;
  for (int i = n; i >= 1; --i) values.push_back(i);  // not in order
  return values;
}

TEST(Median, OfAnOddNumberIsTheMiddleValue) { EXPECT_EQ(median({6, 2, 4, 8, 19, 3, 10}), 6); }

TEST(Median, OfAnEvenNumberIsTheMeanOfTheTwoMiddleValues) { EXPECT_EQ(median({4, 1, 3, 2}), 2.5); }

TEST(Median, OfNothingIsRefused) { EXPECT_THROW(median({}), std::invalid_argument); }

struct TableRow {
  int n;
  int low_rank;
  int high_rank;
  double confidence_percent;
};

// Table A.7, "Confidence Intervals for the Population Median" (https://www.coursehero.com/file/5646626/A7/):
// of the intervals that it lists for n, the narrowest with at least 95 %.
class MedianInterval : public testing::TestWithParam<TableRow> {};

TEST_P(MedianInterval, HasTheRanksAndConfidenceOfTheTable) {
  const auto& row = GetParam();
  const auto interval = median_interval(one_to(row.n), 0.95);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, row.low_rank);
  EXPECT_EQ(interval->high, row.high_rank);
  EXPECT_NEAR(100 * interval->confidence, row.confidence_percent, 0.05);
}

INSTANTIATE_TEST_SUITE_P(TableA7, MedianInterval,
                         testing::Values(TableRow{6, 1, 6, 96.9}, TableRow{7, 1, 7, 98.4},
                                         TableRow{8, 1, 8, 99.2}, TableRow{9, 2, 8, 96.1},
                                         TableRow{10, 2, 9, 97.9}, TableRow{15, 4, 12, 96.5},
                                         TableRow{17, 5, 13, 95.1}, TableRow{20, 6, 15, 95.9}));

TEST(MedianInterval, NeedsSixValuesFor95Percent) {
  EXPECT_FALSE(median_interval(one_to(5), 0.95));
  EXPECT_TRUE(median_interval(one_to(5), 0.93));
  EXPECT_FALSE(median_interval({}, 0.95));
}

TEST(MedianInterval, StaysNumericallySoundForThousandsOfValues) {
  const auto interval = median_interval(one_to(5000), 0.95);
  ASSERT_TRUE(interval);
  // Normal approximation: half the width is 1.96 * sqrt(n) / 2 ranks.
  EXPECT_NEAR(interval->high - interval->low, 1.96 * 70.7, 3);
}

// The same table: n = 2, 3, 4, 5 with the whole range.
TEST(RangeConfidence, IsThatOfTheTable) {
  EXPECT_DOUBLE_EQ(range_confidence(2), 0.5);
  EXPECT_DOUBLE_EQ(range_confidence(3), 0.75);
  EXPECT_DOUBLE_EQ(range_confidence(4), 0.875);
  EXPECT_DOUBLE_EQ(range_confidence(5), 0.9375);
  EXPECT_EQ(range_confidence(1), 0);
  EXPECT_EQ(range_confidence(0), 0);
}

TEST(Spread, HoldsMedianAndExtremes) {
  const auto few = spread({30, 10, 20, 60});
  ASSERT_TRUE(few);
  EXPECT_EQ(few->count, 4U);
  EXPECT_EQ(few->median, 25);
  EXPECT_EQ(few->min, 10);
  EXPECT_EQ(few->max, 60);
  EXPECT_EQ(few->noise(), 1) << "25 on either side of 25";
  EXPECT_FALSE(few->interval) << "four values do not make 95 %";
  EXPECT_TRUE(spread(one_to(6))->interval);
  EXPECT_FALSE(spread({}));
}

}  // namespace
}  // namespace threadmill::results
