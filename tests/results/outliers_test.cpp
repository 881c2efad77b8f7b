#include "results/statistics/outliers.h"

#include <gmock/gmock.h>

namespace threadmill::results {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Outliers, AreTheValuesFarFromTheMedian) {
  // v <- c(2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3); abs(v - median(v)) / mad(v) in R 4.2.2 gives
  // 25.9 and 26.3 for the last two and at most 1.6 for the others.
  EXPECT_THAT(outliers({2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3}), ElementsAre(8, 9));
}

TEST(Outliers, BeginWhereTheModifiedZScoreExceedsThreeAndAHalf) {
  // Median 3 and median distance 1: the limit is 3 + 3.5 / 0.6745 = 8.19.
  EXPECT_THAT(outliers({1, 2, 3, 4, 8.1}), IsEmpty());
  EXPECT_THAT(outliers({1, 2, 3, 4, 8.3}), ElementsAre(4));
}

TEST(Outliers, AreFoundAmongEqualValues) {
  EXPECT_THAT(outliers({5, 5, 9, 5, 5}), ElementsAre(2));
  EXPECT_THAT(outliers({5, 5, 5, 6, 6}), IsEmpty());
  EXPECT_THAT(outliers({5, 5, 5, 5, 5}), IsEmpty());
}

TEST(Outliers, AreNotNamedAmongFewerThanFive) { EXPECT_THAT(outliers({1, 1, 1, 1000}), IsEmpty()); }

}  // namespace
}  // namespace threadmill::results
