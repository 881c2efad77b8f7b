#include "loadgen/arrivals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace threadmill::load {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;

constexpr std::int64_t kSecondNs = 1'000'000'000;

std::vector<std::int64_t> first(Arrivals arrivals, std::size_t count, std::int64_t start_ns = 0) {
  arrivals.start(start_ns);
  std::vector<std::int64_t> times;
  for (; times.size() < count; arrivals.pop()) times.push_back(arrivals.due_ns());
  return times;
}

std::vector<std::int64_t> until(Arrivals arrivals, std::int64_t end_ns) {
  arrivals.start(0);
  std::vector<std::int64_t> times;
  arrivals.pop_until(end_ns, [&](std::int64_t due_ns) { times.push_back(due_ns); });
  return times;
}

Arrivals constant(double per_s, std::uint32_t part = 0, std::uint32_t parts = 1) {
  return {ArrivalProcess::constant, Rate(per_s), 1, part, parts};
}

Arrivals poisson(double per_s, std::uint64_t seed, std::uint32_t part = 0, std::uint32_t parts = 1) {
  return {ArrivalProcess::poisson, Rate(per_s), seed, part, parts};
}

std::vector<double> distances(const std::vector<std::int64_t>& times) {
  std::vector<double> result;
  for (std::size_t i = 1; i < times.size(); ++i)
    result.push_back(static_cast<double>(times[i] - times[i - 1]));
  return result;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance(const std::vector<double>& values) {
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return sum / static_cast<double>(values.size());
}

TEST(Arrivals, AreNeverDueBeforeTheStart) { EXPECT_EQ(constant(1000).due_ns(), INT64_MAX); }

TEST(Arrivals, AtAConstantRateComeToTheNanosecond) {
  EXPECT_THAT(first(constant(4000), 4, 17), ElementsAre(17, 250'017, 500'017, 750'017));
  EXPECT_THAT(first(constant(3), 4), ElementsAre(0, 333'333'333, 666'666'667, kSecondNs));
  // No error adds up: the millionth at 3 a second.
  EXPECT_EQ(first(constant(3), 1'000'000).back(), 333'333'000'000'000);
}

TEST(Arrivals, OfAnIntervalAreThoseBeforeItsEnd) {
  EXPECT_EQ(until(constant(100), kSecondNs).size(), 100U);
  EXPECT_EQ(until(constant(100), kSecondNs + 1).size(), 101U);
  EXPECT_TRUE(until(constant(100), 0).empty());
}

TEST(Arrivals, OfAllPartsMakeTheRate) {
  std::vector<std::int64_t> all;
  for (std::uint32_t part = 0; part < 3; ++part) {
    const auto times = until(constant(4000, part, 3), kSecondNs);
    all.insert(all.end(), times.begin(), times.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, until(constant(4000), kSecondNs));
}

TEST(Arrivals, OfARampAreAsManyAsItsIntegral) {
  const Arrivals ramp(ArrivalProcess::constant, Rate::parse("10k:50k/30s"), 1, 0, 1);
  EXPECT_EQ(until(ramp, 30 * kSecondNs).size(), 900'000U);
  EXPECT_EQ(until(ramp, 15 * kSecondNs).size(), 300'000U);
  EXPECT_EQ(until(ramp, 31 * kSecondNs).size(), 950'000U);
  // The first second has 10,000 + 40,000 / 30 / 2 of them, the last one of the ramp as many less than 50,000.
  EXPECT_EQ(until(ramp, kSecondNs).size(), 10'667U);
  EXPECT_EQ(until(ramp, 30 * kSecondNs).size() - until(ramp, 29 * kSecondNs).size(), 49'333U);
}

TEST(Arrivals, NeverGoBackwards) {
  for (const auto process : {ArrivalProcess::constant, ArrivalProcess::poisson}) {
    for (const char* rate : {"100M", "1000", "0.01", "10k:50k/30s", "50k:1/0.5s", "1000:1000.000001/1s"}) {
      for (std::uint32_t part = 0; part < 2; ++part) {
        const auto times = first({process, Rate::parse(rate), 9, part, 2}, 20'000);
        EXPECT_THAT(distances(times), Each(Ge(0))) << rate;
        EXPECT_GE(times.front(), 0);
      }
    }
  }
}

TEST(PoissonArrivals, AreSettledByTheSeed) {
  EXPECT_EQ(first(poisson(1000, 5), 1000), first(poisson(1000, 5), 1000));
  EXPECT_NE(first(poisson(1000, 5), 10), first(poisson(1000, 6), 10));
  EXPECT_NE(first(poisson(1000, 5, 0, 2), 10), first(poisson(1000, 5, 1, 2), 10));
}

// Distances are exponential: their standard deviation is their mean. With 100,000 of them, the mean of a
// right generator is within 2 % of the truth but once in 10^9 seeds, and these seeds stay the same.
TEST(PoissonArrivals, HaveExponentialDistances) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto values = distances(first(poisson(1000, seed), 100'001));
    EXPECT_NEAR(mean(values), 1e6, 0.02e6);
    EXPECT_NEAR(variance(values), 1e12, 0.06e12);
    const auto longer = std::count_if(values.begin(), values.end(), [](double ns) { return ns > 2e6; });
    EXPECT_NEAR(static_cast<double>(longer), 100'000 * 0.1353, 1000);  // e^-2
  }
}

TEST(PoissonArrivals, OfAllPartsMakeTheRateAndAreIndependent) {
  std::vector<std::int64_t> all;
  std::vector<std::vector<double>> parts;
  for (std::uint32_t part = 0; part < 4; ++part) {
    const auto times = until(poisson(2000, 7, part, 4), 50 * kSecondNs);
    EXPECT_NEAR(static_cast<double>(times.size()), 25'000, 1000);
    parts.push_back(distances(times));
    all.insert(all.end(), times.begin(), times.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_NEAR(static_cast<double>(all.size()), 100'000, 2000);
  // Were the parts alike, they would come in bunches, and the distances vary more than those of one process.
  EXPECT_NEAR(variance(distances(all)), 0.25e12, 0.02e12);
  double products = 0;
  const std::size_t pairs = std::min(parts[0].size(), parts[1].size());
  for (std::size_t i = 0; i < pairs; ++i) products += (parts[0][i] - 2e6) * (parts[1][i] - 2e6);
  EXPECT_NEAR(products / static_cast<double>(pairs) / 4e12, 0, 0.05) << "correlation";
}

TEST(PoissonArrivals, FollowARamp) {
  const Arrivals ramp(ArrivalProcess::poisson, Rate::parse("10k:50k/30s"), 3, 0, 1);
  EXPECT_NEAR(static_cast<double>(until(ramp, 30 * kSecondNs).size()), 900'000, 6000);
  EXPECT_NEAR(static_cast<double>(until(ramp, 15 * kSecondNs).size()), 300'000, 4000);
}

TEST(ThinkTime, IsAlwaysTheSameOrExponential) {
  ThinkTime constant(ThinkTime::Distribution::constant, 100'000, 1);
  EXPECT_EQ(constant.next_ns(), 100'000);
  EXPECT_EQ(constant.next_ns(), 100'000);
  ThinkTime exponential(ThinkTime::Distribution::exponential, 100'000, 1);
  ThinkTime same(ThinkTime::Distribution::exponential, 100'000, 1);
  std::vector<double> times;
  for (int i = 0; i < 100'000; ++i) {
    const std::int64_t time = exponential.next_ns();
    EXPECT_EQ(time, same.next_ns());
    times.push_back(static_cast<double>(time));
  }
  EXPECT_NEAR(mean(times), 1e5, 2e3);
  EXPECT_NEAR(variance(times), 1e10, 0.06e10);
}

}  // namespace
}  // namespace threadmill::load
