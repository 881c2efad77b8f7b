#include "results/statistics/trend.h"

#include <gmock/gmock.h>

// Values of R 4.2.2: cor.test(seq_along(v), v, method = "kendall")$p.value. For the change, all slopes
// between two values by outer(), then median(slopes) * (length(v) - 1) / median(v).
namespace threadmill::results {
namespace {

using Values = std::vector<double>;

/// 1 to `count`, every fourth negative.
Values every_fourth_negative(int count) {
  Values values;
  for (int i = 1; i <= count; ++i) values.push_back(i % 4 == 0 ? -i : i);
  return values;
}

TEST(Trend, OfTheTextbookIsThatOfR) {
  // Lightness of tuna, Hollander and Wolfe (1973), page 187; also in R's ?cor.test.
  const auto tuna = trend({44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1});
  ASSERT_TRUE(tuna);
  EXPECT_NEAR(tuna->p_value, 0.25951829806, 1e-10);
  EXPECT_NEAR(tuna->relative_change, 0.149852507375, 1e-11);
}

TEST(Trend, WithTiesIsCorrectedForThem) {
  const auto tied = trend({1, 2, 2, 3, 4, 4, 4, 6});
  ASSERT_TRUE(tied);
  EXPECT_NEAR(tied->p_value, 0.00206088120209, 1e-11);
}

TEST(Trend, IsExactBelowFiftyAndNormalFromThere) {
  // (1:49) * ifelse((1:49) %% 4 == 0, -1, 1), and the same with 60
  EXPECT_NEAR(trend(every_fourth_negative(49))->p_value, 2.156151091e-07, 1e-14) << "R subtracts from 1";
  EXPECT_NEAR(trend(every_fourth_negative(60))->p_value, 8.44002529165e-08, 1e-17);
}

TEST(Trend, FallingIsNegative) {
  const auto falling = trend({110, 107, 104, 101, 98});
  ASSERT_TRUE(falling);
  EXPECT_NEAR(falling->relative_change, -12.0 / 104, 1e-12);
  EXPECT_NEAR(falling->p_value, 2.0 / 120, 1e-12);
}

TEST(Trend, NeedsFourValues) {
  EXPECT_FALSE(trend({1, 2, 3}));
  const auto four = trend({1, 2, 3, 4});
  ASSERT_TRUE(four);
  EXPECT_NEAR(four->p_value, 0.0833333333333, 1e-12);
}

TEST(Trend, OfEqualValuesIsNone) {
  const auto flat = trend({7, 7, 7, 7, 7});
  ASSERT_TRUE(flat);
  EXPECT_EQ(flat->relative_change, 0);
  EXPECT_EQ(flat->p_value, 1);
  EXPECT_EQ(trend({0, 0, 0, 0})->relative_change, 0) << "no share of a median of 0";
}

}  // namespace
}  // namespace threadmill::results
