#include "results/statistics/ratio.h"

#include <gmock/gmock.h>

#include <cmath>
#include <stdexcept>

namespace threadmill::results {
namespace {

// exp() of wilcox.test(log(x), log(y), conf.int = TRUE) in R 4.2.2 with x <- c(1, 2, 4, 8) and
// y <- c(16, 32, 64, 128): differences of logarithms from -7 to -1 times log(2).
TEST(RatioOfSamples, IsTheShiftOfLogarithms) {
  const auto estimate = ratio_of_samples({1, 2, 4, 8}, {16, 32, 64, 128});
  ASSERT_TRUE(estimate);
  EXPECT_NEAR(estimate->ratio, 1.0 / 16, 1e-12);
  ASSERT_TRUE(estimate->interval);
  EXPECT_NEAR(estimate->interval->low, 1.0 / 128, 1e-12);
  EXPECT_NEAR(estimate->interval->high, 1.0 / 2, 1e-12);
  EXPECT_NEAR(estimate->p_value, 2.0 / 70, 1e-12);
  EXPECT_EQ(estimate->pairing, Pairing::unpaired);
  EXPECT_EQ(estimate->first_count, 4U);
  EXPECT_EQ(estimate->second_count, 4U);
}

TEST(RatioOfPairs, IsAsFarFromOneWhicheverSideComesFirst) {
  const auto halves = ratio_of_pairs({0.5, 0.5, 2, 0.25, 0.5, 0.5, 0.5});
  const auto doubles = ratio_of_pairs({2, 2, 0.5, 4, 2, 2, 2});
  ASSERT_TRUE(halves && doubles);
  EXPECT_NEAR(halves->ratio, 0.5, 1e-12);
  EXPECT_NEAR(halves->ratio * doubles->ratio, 1, 1e-12);
  EXPECT_EQ(halves->p_value, doubles->p_value);
  EXPECT_EQ(halves->pairing, Pairing::paired);
  EXPECT_EQ(halves->first_count, 7U);
  EXPECT_EQ(halves->second_count, 7U);
}

TEST(RatioOfPairs, NeedsSixForAnInterval) {
  EXPECT_FALSE(ratio_of_pairs({1.1, 1.2, 1.3, 1.4, 1.5})->interval);
  EXPECT_TRUE(ratio_of_pairs({1.1, 1.2, 1.3, 1.4, 1.5, 1.6})->interval);
}

TEST(Ratio, NeedsValuesAboveZero) {
  EXPECT_THROW(ratio_of_pairs({1, 0}), std::invalid_argument);
  EXPECT_THROW(ratio_of_samples({1}, {-1}), std::invalid_argument);
  EXPECT_FALSE(ratio_of_pairs({}));
  EXPECT_FALSE(ratio_of_samples({1}, {}));
}

TEST(Inverse, ExchangesFirstAndSecond) {
  const auto estimate = ratio_of_samples({1, 2, 4, 8}, {16, 32, 64, 128, 256});
  ASSERT_TRUE(estimate);
  const RatioEstimate back = inverse(*estimate);
  EXPECT_NEAR(back.ratio * estimate->ratio, 1, 1e-12);
  ASSERT_TRUE(back.interval);
  EXPECT_NEAR(back.interval->low * estimate->interval->high, 1, 1e-12);
  EXPECT_NEAR(back.interval->high * estimate->interval->low, 1, 1e-12);
  EXPECT_EQ(back.p_value, estimate->p_value);
  EXPECT_EQ(back.first_count, 5U);
  EXPECT_EQ(back.second_count, 4U);
}

RatioEstimate with_interval(double ratio, double low, double high) {
  RatioEstimate estimate;
  estimate.ratio = ratio;
  estimate.interval = Interval{low, high, 0.95};
  return estimate;
}

TEST(PrecisionOf, IsTheFurtherEndAsAShareOfTheEstimate) {
  EXPECT_NEAR(*precision_of(with_interval(2, 1.9, 2.2)), 0.1, 1e-12);
  EXPECT_NEAR(*precision_of(with_interval(2, 1.6, 2.2)), 0.2, 1e-12);
  EXPECT_FALSE(precision_of(RatioEstimate{}));
}

}  // namespace
}  // namespace threadmill::results
