#include "loadgen/reference/service_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <vector>

namespace threadmill::load::reference {
namespace {

std::vector<std::int64_t> draw(const std::string& text, std::uint64_t seed, std::size_t count) {
  ServiceTimes times(parse_service_times(text), seed);
  std::vector<std::int64_t> drawn(count);
  for (auto& time : drawn) time = times.next_ns();
  return drawn;
}

TEST(ServiceTimes, ConstantAndNone) {
  EXPECT_THAT(draw("constant:500us", 1, 100), ::testing::Each(500'000));
  EXPECT_THAT(draw("none", 1, 100), ::testing::Each(0));
}

TEST(ServiceTimes, BimodalHasTheTwoTimesInTheirShares) {
  std::map<std::int64_t, int> counts;
  for (const auto time : draw("bimodal:300us,5ms,1%", 1, 100'000)) ++counts[time];
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_NEAR(counts[5'000'000], 1000, 130);  // 4 standard deviations
  EXPECT_EQ(counts[300'000] + counts[5'000'000], 100'000);
}

TEST(ServiceTimes, ExponentialHasItsMeanAndItsTail) {
  double sum = 0;
  int beyond_twice = 0;
  for (const auto time : draw("exponential:1ms", 1, 100'000)) {
    ASSERT_GE(time, 0);
    sum += static_cast<double>(time);
    if (time > 2'000'000) ++beyond_twice;
  }
  EXPECT_NEAR(sum / 100'000, 1e6, 13'000);            // 4 standard deviations
  EXPECT_NEAR(beyond_twice, 100'000 * 0.13534, 440);  // e^-2
}

TEST(ServiceTimes, TheSeedDecides) {
  EXPECT_EQ(draw("exponential:1ms", 7, 1000), draw("exponential:1ms", 7, 1000));
  EXPECT_NE(draw("exponential:1ms", 7, 1000), draw("exponential:1ms", 8, 1000));
}

/// The figures of a run can be repeated elsewhere: std::mt19937_64 is specified to the bit.
TEST(ServiceTimes, AreTheSameOnEveryMachine) {
  // The 10000th draw of a default std::mt19937_64 (seed 5489) is 9981545732273789042 (C++ [rand.predef]), and
  // -log(1 - it / 2^64) is 0.778924436.
  const auto drawn = draw("exponential:1ms", 5489, 10'000);
  EXPECT_EQ(drawn.back(), 778'924);
}

TEST(ServiceTimes, TextAndSpecificationGoBothWays) {
  for (const char* text : {"none", "constant:500us", "constant:1500ns", "exponential:1000us",
                           "bimodal:300us,5000us,1%", "bimodal:300us,5000us,0.5%"}) {
    EXPECT_EQ(to_string(parse_service_times(text)), text);
  }
}

TEST(ServiceTimes, RefusesWhatItDoesNotUnderstand) {
  for (const char* bad :
       {"", "fast", "constant", "constant:", "constant:5", "constant:2s", "gamma:1ms", "bimodal:300us",
        "bimodal:300us,5ms", "bimodal:300us,5ms,1", "bimodal:300us,5ms,101%", "bimodal:300us,5ms,-1%",
        "bimodal:300us,5ms,nan%", "bimodal:300us,5ms,1%,", "exponential:-1ms"}) {
    EXPECT_THROW(parse_service_times(bad), std::invalid_argument) << bad;
  }
}

}  // namespace
}  // namespace threadmill::load::reference
