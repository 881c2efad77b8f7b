#include "loadgen/reference/truth_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace threadmill::load::reference {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// 1 .. 1000 times `step`, exact in the histogram where it stays below 2048.
Histogram evenly(std::int64_t step) {
  Histogram histogram;
  for (std::int64_t i = 1; i <= 1000; ++i) histogram.record(i * step);
  return histogram;
}

TEST(TruthComparison, ARowForEachPercentile) {
  constexpr double kPercentiles[] = {50, 99, 99.9, 100};
  EXPECT_THAT(compare_with_truth(evenly(2), evenly(1), kPercentiles),
              ElementsAre(TruthRow{50, 500, 1000, 500}, TruthRow{99, 990, 1980, 990},
                          TruthRow{99.9, 999, 1998, 999}, TruthRow{100, 1000, 2000, 1000}));
}

TEST(TruthComparison, TheErrorOfAReportThatHidesSomethingIsNegative) {
  constexpr double kPercentiles[] = {99};
  EXPECT_THAT(compare_with_truth(evenly(1), evenly(2), kPercentiles),
              ElementsAre(TruthRow{99, 1980, 990, -990}));
}

TEST(TruthComparison, NothingToCompare) {
  constexpr double kPercentiles[] = {50};
  EXPECT_THAT(compare_with_truth(Histogram(), Histogram(), kPercentiles), ElementsAre(TruthRow{50, 0, 0, 0}));
  EXPECT_THAT(compare_with_truth(evenly(1), evenly(1), {}), IsEmpty());
}

TruthRow row(std::int64_t true_ns, std::int64_t reported_ns) {
  return {99, true_ns, reported_ns, reported_ns - true_ns};
}

TEST(TruthComparison, AgreesWithinTheLargerTolerance) {
  // Below 1.25 ms, 25 us; above, 2%.
  EXPECT_TRUE(agrees(row(500'000, 525'000)));
  EXPECT_TRUE(agrees(row(500'000, 475'000)));
  EXPECT_FALSE(agrees(row(500'000, 525'001)));
  EXPECT_FALSE(agrees(row(500'000, 474'999)));
  EXPECT_TRUE(agrees(row(5'000'000, 5'100'000)));
  EXPECT_FALSE(agrees(row(5'000'000, 5'100'001)));
  EXPECT_TRUE(agrees(row(100, 107), {.ns = 7, .share = 0}));
  EXPECT_FALSE(agrees(row(100, 108), {.ns = 7, .share = 0}));
}

}  // namespace
}  // namespace threadmill::load::reference
