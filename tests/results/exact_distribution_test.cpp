#include "results/statistics/exact_distribution.h"

#include <gmock/gmock.h>

// Values of R 4.2.2; the commands stand beside them.
namespace threadmill::results {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

std::vector<double> counts(const ExactDistribution& distribution, double orders) {
  std::vector<double> result;
  for (const double probability : distribution) result.push_back(probability * orders);
  return result;
}

MATCHER(IsNear, "") { return std::abs(std::get<0>(arg) - std::get<1>(arg)) < 1e-9; }

TEST(RankSumDistribution, CountsEveryOrder) {
  // dwilcox(0:12, 3, 4) * choose(7, 3)
  EXPECT_THAT(counts(rank_sum_distribution(3, 4), 35),
              Pointwise(IsNear(), {1, 1, 2, 3, 4, 4, 5, 4, 4, 3, 2, 1, 1}));
}

TEST(RankSumDistribution, IsExactForFortyNineOnEachSide) {
  // pwilcox(50, 10, 8); pwilcox(1000, 49, 49)
  EXPECT_NEAR(lower_tail(rank_sum_distribution(10, 8), 51), 0.820032908268, 1e-12);
  EXPECT_NEAR(lower_tail(rank_sum_distribution(49, 49), 1001), 0.0779681620234, 1e-12);
}

TEST(SignedRankDistribution, CountsEveryChoiceOfSigns) {
  // dsignrank(0:10, 4) * 16; psignrank(200, 40)
  EXPECT_THAT(counts(signed_rank_distribution(4), 16),
              Pointwise(IsNear(), {1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1}));
  EXPECT_NEAR(lower_tail(signed_rank_distribution(40), 201), 0.00202605488721, 1e-13);
}

TEST(RisingPairsDistribution, CountsEveryOrder) {
  // The Mahonian numbers for 4 (OEIS A008302).
  EXPECT_THAT(counts(rising_pairs_distribution(4), 24), Pointwise(IsNear(), {1, 3, 5, 6, 5, 3, 1}));
  EXPECT_THAT(rising_pairs_distribution(0), Pointwise(IsNear(), {1.0}));
}

TEST(TwoSidedP, IsTheSameOnBothSidesAndNeverAboveOne) {
  const auto distribution = signed_rank_distribution(4);
  EXPECT_THAT(two_sided_p(distribution, 0), DoubleNear(2.0 / 16, 1e-12));
  EXPECT_THAT(two_sided_p(distribution, 10), DoubleNear(2.0 / 16, 1e-12));
  EXPECT_EQ(two_sided_p(distribution, 5), 1);
}

TEST(ValuesInLowerTail, AreAsManyAsFit) {
  const auto distribution = signed_rank_distribution(4);  // 1/16 each for 0, 1, 2; 2/16 for 3
  EXPECT_EQ(values_in_lower_tail(distribution, 0.06), 0U);
  EXPECT_EQ(values_in_lower_tail(distribution, 2.0 / 16), 2U);
  EXPECT_EQ(values_in_lower_tail(distribution, 4.0 / 16), 3U);
}

}  // namespace
}  // namespace threadmill::results
