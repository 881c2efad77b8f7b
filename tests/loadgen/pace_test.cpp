#include "loadgen/bystanders/pace.h"

#include <gtest/gtest.h>

namespace threadmill::load {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(Pace, IsDueToTheNanosecond) {
  EXPECT_EQ(bytes_due(1000, 0), 0U);
  EXPECT_EQ(bytes_due(1000, 999'999), 0U);
  EXPECT_EQ(bytes_due(1000, 1'000'000), 1U);
  EXPECT_EQ(bytes_due(1, kSecond - 1), 0U);
  EXPECT_EQ(bytes_due(1, kSecond), 1U);
  EXPECT_EQ(bytes_due(UINT32_MAX, 3 * kSecond + 1), 3ULL * UINT32_MAX + 4);
  EXPECT_EQ(bytes_due(UINT32_MAX, 86'400 * kSecond), 86'400ULL * UINT32_MAX);
}

TEST(Pace, LosesNoFraction) {
  for (const std::uint32_t rate : {1U, 7U, 333U, 1'000'003U}) {
    Pace pace(rate, 5);
    std::uint64_t sum = 0;
    for (std::int64_t now = 5; now <= 5 + 10 * kSecond; now += 12'500'000) sum += pace.take(now);
    EXPECT_EQ(sum, 10ULL * rate);
  }
}

TEST(Pace, GivesNothingTwice) {
  Pace pace(100, 0);
  EXPECT_EQ(pace.take(kSecond), 100U);
  EXPECT_EQ(pace.take(kSecond), 0U);
}

}  // namespace
}  // namespace threadmill::load
