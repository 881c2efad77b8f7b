#include "results/trial/metrics.h"

#include <gmock/gmock.h>

namespace threadmill::results {
namespace {

TEST(Metrics, AreListedInTheOrderOfTheEnumerationWithUnitsInTheirNames) {
  for (std::size_t i = 0; i < metric_count; ++i) {
    EXPECT_EQ(static_cast<std::size_t>(metrics()[i].metric), i);
    EXPECT_EQ(find_metric(metrics()[i].name), metrics()[i].metric);
  }
  EXPECT_FALSE(find_metric("happiness"));
}

}  // namespace
}  // namespace threadmill::results
