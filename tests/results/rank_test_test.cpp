#include "results/statistics/rank_test.h"

#include <gmock/gmock.h>

#include <cmath>

// Values of R 4.2.2: wilcox.test(..., conf.int = TRUE), where nothing else is said. R searches the interval
// of tied values with a tolerance of 1e-4, hence the tolerance here;
// there the estimate is median(outer(x, y, "-")), in whose neighbourhood R's search stops.
namespace threadmill::results {
namespace {

using Values = std::vector<double>;

void expect_shift(const std::optional<Shift>& shift, double p_value, double estimate, double low, double high,
                  double tolerance = 1e-9) {
  ASSERT_TRUE(shift);
  EXPECT_NEAR(shift->p_value, p_value, p_value * 1e-9);
  EXPECT_NEAR(shift->estimate, estimate, tolerance);
  ASSERT_TRUE(shift->interval);
  EXPECT_NEAR(shift->interval->low, low, tolerance);
  EXPECT_NEAR(shift->interval->high, high, tolerance);
  EXPECT_GE(shift->interval->confidence, 0.95);
}

/// 1 to `count`, every third negative.
Values every_third_negative(int count) {
  Values values;
  for (int i = 1; i <= count; ++i) values.push_back(i % 3 == 0 ? -i : i);
  return values;
}

Values squares(int count, double factor, double offset) {
  Values values;
  for (int i = 1; i <= count; ++i) values.push_back(i * i * factor + offset);
  return values;
}

// Permeability of the human chorioamnion; Hollander and Wolfe, Nonparametric Statistical Methods (1973), page
// 69; also in R's ?wilcox.test.
const Values at_term = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
const Values at_weeks_12_to_26 = {1.15, 0.88, 0.90, 0.74, 1.21};

TEST(RankSumShift, OfTheTextbookIsThatOfR) {
  expect_shift(rank_sum_shift(at_term, at_weeks_12_to_26), 0.254412254412, 0.305, -0.15, 0.76);
  expect_shift(rank_sum_shift(at_weeks_12_to_26, at_term), 0.254412254412, -0.305, -0.76, 0.15);
}

TEST(RankSumShift, OfFourAndFourFindsWhatLiesFurthestApart) {
  // c(1, 2, 3, 4), c(5, 6, 7, 8)
  expect_shift(rank_sum_shift({1, 2, 3, 4}, {5, 6, 7, 8}), 2.0 / 70, -4, -7, -1);
}

TEST(RankSumShift, OfThreeAndFourHasNoIntervalAt95Percent) {
  // c(1, 2, 3), c(5, 6, 7, 8): R warns that the confidence cannot be had.
  const auto shift = rank_sum_shift({1, 2, 3}, {5, 6, 7, 8});
  ASSERT_TRUE(shift);
  EXPECT_NEAR(shift->p_value, 2.0 / 35, 1e-12);
  EXPECT_EQ(shift->estimate, -4.5);
  EXPECT_FALSE(shift->interval);
  EXPECT_TRUE(rank_sum_shift({1, 2, 3}, {5, 6, 7, 8}, 0.9)->interval);
}

TEST(RankSumShift, IsExactBelowFiftyAndNormalFromThere) {
  // x <- (1:49)^2; y <- (1:49)^2 * 1.1 + 100.5, and the same with 50
  expect_shift(rank_sum_shift(squares(49, 1, 0), squares(49, 1.1, 100.5)), 0.164431010281, -137.9, -420.9,
               85.6);
  expect_shift(rank_sum_shift(squares(50, 1, 0), squares(50, 1.1, 100.5)), 0.169033168153, -138.75, -433.6,
               93.0, 1e-3);
}

TEST(RankSumShift, WithTiesIsCorrectedForThem) {
  // sleep$extra[1:10], sleep$extra[11:20] (Student, Biometrika 6, 1908)
  expect_shift(rank_sum_shift({0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2},
                              {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}),
               0.0693275754336, -1.35, -3.6, 0.1, 1e-3);
  // morley$Speed[1:20], morley$Speed[21:40] (Michelson's speed of light, 1879)
  expect_shift(rank_sum_shift({850,  740, 900, 1070, 930, 850, 950,  980,  980, 880,
                               1000, 980, 930, 650,  760, 810, 1000, 1000, 960, 960},
                              {960, 940, 960, 940, 880, 800, 850, 880, 900, 840,
                               830, 790, 810, 880, 880, 830, 800, 790, 760, 800}),
               0.0227338965127, 70, 10, 120, 1e-3);
}

TEST(RankSumShift, WithTiesNeverClaimsMoreThanSoFewValuesCanShow) {
  // The normal approximation alone says 0.047; three of three is 2 of the 20 ways to choose.
  const auto shift = rank_sum_shift({5, 5, 5}, {7, 7, 7});
  ASSERT_TRUE(shift);
  EXPECT_NEAR(shift->p_value, 0.1, 1e-12);
  EXPECT_FALSE(shift->interval);
}

TEST(RankSumShift, OfValuesThatAreAllEqualIsNone) {
  const auto shift = rank_sum_shift({5, 5, 5, 5}, {5, 5, 5, 5});
  ASSERT_TRUE(shift);
  EXPECT_EQ(shift->p_value, 1);
  EXPECT_EQ(shift->estimate, 0);
}

TEST(RankSumShift, NeedsValuesOnBothSides) {
  EXPECT_FALSE(rank_sum_shift({}, {1}));
  EXPECT_FALSE(rank_sum_shift({1}, {}));
}

TEST(SignedRankShift, OfTheTextbooksIsThatOfR) {
  // Depression scale factor, Hollander and Wolfe (1973), page 29; also in R's ?wilcox.test:
  // x <- c(1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30)
  // y <- c(0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29); wilcox.test(x, y, paired = TRUE, ...)
  expect_shift(signed_rank_shift({0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01}), 0.0390625,
               0.46, 0.010, 0.786);
  // Heights of maize, crossed less self-fertilised, in 1/8 inch (Darwin, 1876; Fisher, The Design of
  // Experiments, 1935, section 17).
  expect_shift(signed_rank_shift({49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48}),
               0.041259765625, 25, 4, 41.5);
}

TEST(SignedRankShift, NeedsSixPairsFor95Percent) {
  expect_shift(signed_rank_shift({1, 2, 3, 4, 5, 6}), 0.03125, 3.5, 1, 6);
  const auto five = signed_rank_shift({1, 2, 3, 4, 5});
  ASSERT_TRUE(five);
  EXPECT_EQ(five->p_value, 0.0625);
  EXPECT_FALSE(five->interval);
}

TEST(SignedRankShift, IsExactBelowFiftyAndNormalFromThere) {
  // (1:49) * ifelse((1:49) %% 3 == 0, -1, 1), and the same with 50
  expect_shift(signed_rank_shift(every_third_negative(49)), 0.0417038542324, 9.5, 0.5, 18.5);
  expect_shift(signed_rank_shift(every_third_negative(50)), 0.027063492176, 10, 1, 19.5, 1e-3);
}

TEST(SignedRankShift, LeavesZerosOutOfThePValueButNotOutOfTheEstimate) {
  // sleep$extra[1:10] - sleep$extra[11:20], one of them 0
  const auto shift = signed_rank_shift({-1.2, -2.4, -1.3, -1.3, 0, -1.0, -1.8, -0.8, -4.6, -1.4});
  ASSERT_TRUE(shift);
  EXPECT_NEAR(shift->p_value, 0.00909069801593, 1e-9);
  EXPECT_LT(shift->estimate, -1.2);
  const auto mostly_nothing = signed_rank_shift({0, 0, 0, 0, 0, 1});
  ASSERT_TRUE(mostly_nothing);
  EXPECT_EQ(mostly_nothing->estimate, 0);
  EXPECT_EQ(mostly_nothing->p_value, 1);
}

TEST(SignedRankShift, WithTiesNeverClaimsMoreThanSoFewValuesCanShow) {
  const auto shift = signed_rank_shift({2, 2, 2, 2, 2});
  ASSERT_TRUE(shift);
  EXPECT_EQ(shift->p_value, 0.0625);
  EXPECT_FALSE(shift->interval);
}

TEST(SignedRankShift, OfNothingIsNothing) { EXPECT_FALSE(signed_rank_shift({})); }

TEST(SmallestP, IsThatOfTheFurthestOrder) {
  EXPECT_NEAR(smallest_rank_sum_p(4, 4), 2.0 / 70, 1e-12);
  EXPECT_NEAR(smallest_rank_sum_p(3, 5), 2.0 / 56, 1e-12);
  EXPECT_EQ(smallest_rank_sum_p(1, 1), 1);
  EXPECT_LT(smallest_rank_sum_p(1000, 1000), 1e-100);
  EXPECT_EQ(smallest_signed_rank_p(6), 0.03125);
  EXPECT_EQ(smallest_signed_rank_p(0), 1);
}

TEST(CountNeeded, IsTheFewestThatCanFindAnything) {
  EXPECT_EQ(rank_sum_count_needed(0.05), 4U);
  EXPECT_EQ(rank_sum_count_needed(0.05 / 10), 6U) << "2 of 924 ways";
  EXPECT_EQ(signed_rank_count_needed(0.05), 6U);
  EXPECT_EQ(signed_rank_count_needed(0.05 / 10), 9U);
}

}  // namespace
}  // namespace threadmill::results
