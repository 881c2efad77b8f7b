#include "loadgen/steady_rate.h"

#include <gtest/gtest.h>

#include <functional>

namespace threadmill::load {
namespace {

bool steady_after(std::size_t slices, const std::function<double(std::size_t)>& rate) {
  SteadyRate watch;
  for (std::size_t i = 0; i < slices; ++i) watch.add(rate(i));
  return watch.steady();
}

/// The fewest after which it can tell.
constexpr std::size_t kAll = SteadyRate::kSlices + SteadyRate::kConsecutive - 1;

/// Up and down around 1.
double noise(std::size_t i) { return i % 2 == 0 ? 1.1 : 0.9; }

TEST(SteadyRate, NeedsAllSlicesToTell) {
  const auto even = [](std::size_t) { return 1000.0; };
  EXPECT_FALSE(steady_after(0, even));
  EXPECT_FALSE(steady_after(kAll - 1, even));
  EXPECT_TRUE(steady_after(kAll, even));
}

TEST(SteadyRate, IsNotOneThatGrowsOrFalls) {
  EXPECT_FALSE(steady_after(kAll, [](std::size_t i) { return 1000.0 + 100.0 * static_cast<double>(i); }));
  EXPECT_FALSE(steady_after(kAll, [](std::size_t i) { return 3000.0 - 100.0 * static_cast<double>(i); }));
  EXPECT_FALSE(steady_after(kAll, [](std::size_t i) { return i < 4 ? 500.0 : 1000.0; }));
  EXPECT_FALSE(
      steady_after(kAll, [](std::size_t i) { return noise(i) * (1000.0 + 100.0 * static_cast<double>(i)); }));
}

TEST(SteadyRate, MayBeNoisy) {
  EXPECT_TRUE(steady_after(kAll, [](std::size_t i) { return 1000 * noise(i); }));
}

TEST(SteadyRate, ADifferenceOfOnePercentIsNone) {
  EXPECT_TRUE(steady_after(kAll, [](std::size_t i) { return i < 4 ? 991.0 : 1000.0; }));
  EXPECT_FALSE(steady_after(kAll, [](std::size_t i) { return i < 4 ? 980.0 : 1000.0; }));
}

TEST(SteadyRate, WithoutAnythingCompletedIsNotSteady) {
  EXPECT_FALSE(steady_after(kAll, [](std::size_t) { return 0.0; }));
}

// The first quarter of the slices has both rates, and so a large standard error, when 18 were added: it
// agrees by accident.
TEST(SteadyRate, HasToAgreeSeveralTimesInARow) {
  const auto step = [](std::size_t i) { return i < 4 ? 500.0 : 1000.0; };
  EXPECT_FALSE(steady_after(18, step));
  EXPECT_FALSE(steady_after(19, step));
  EXPECT_TRUE(steady_after(20, step));
}

TEST(SteadyRate, ForgetsWhatIsLongAgo) {
  const auto settles = [](std::size_t i) { return i < 10 ? 100.0 * static_cast<double>(i) : 1000.0; };
  EXPECT_FALSE(steady_after(kAll, settles));
  EXPECT_TRUE(steady_after(10 + kAll, settles));
}

}  // namespace
}  // namespace threadmill::load
