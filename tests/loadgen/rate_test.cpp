#include "loadgen/rate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

TEST(Rate, ReadsWhatPeopleWrite) {
  EXPECT_EQ(Rate::parse("4000"), Rate(4000));
  EXPECT_EQ(Rate::parse("2.5k"), Rate(2500));
  EXPECT_EQ(Rate::parse("1M"), Rate(1e6));
  EXPECT_EQ(Rate::parse("0.01"), Rate(0.01));
  EXPECT_EQ(Rate::parse("10k:50k/30s"), Rate(10'000, 50'000, 30));
  EXPECT_EQ(Rate::parse("50k:10/0.5s"), Rate(50'000, 10, 0.5));
}

TEST(Rate, WritesWhatItReadsBack) {
  for (const char* text : {"4000", "2.5k", "1M", "0.1", "10k:50k/30s", "3:1/0.001s", "33333.333"}) {
    const Rate rate = Rate::parse(text);
    EXPECT_EQ(Rate::parse(rate.text()), rate) << text;
  }
  EXPECT_EQ(Rate::parse("2.5k").text(), "2500");
  EXPECT_EQ(Rate::parse("10k:50k/30s").text(), "10000:50000/30s");
}

TEST(Rate, RefusesWithTheReason) {
  const auto error_of = [](const char* text) -> std::string {
    try {
      Rate::parse(text);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(error_of(""), HasSubstr("does not begin with a number"));
  EXPECT_THAT(error_of("fast"), HasSubstr("does not begin with a number"));
  EXPECT_THAT(error_of("4000x"), HasSubstr("\"x\" is not k or M"));
  EXPECT_THAT(error_of("0"), HasSubstr("outside 0.01"));
  EXPECT_THAT(error_of("-5"), HasSubstr("outside 0.01"));
  EXPECT_THAT(error_of("101M"), HasSubstr("outside"));
  EXPECT_THAT(error_of("nan"), HasSubstr("is not a rate"));
  EXPECT_THAT(error_of("1:2"), HasSubstr("how long it takes"));
  EXPECT_THAT(error_of("1:2/3"), HasSubstr("ends in s"));
  EXPECT_THAT(error_of("1:2/3m"), HasSubstr("ends in s"));
  EXPECT_THAT(error_of("1:2/0s"), HasSubstr("0.001 to"));
  EXPECT_THAT(error_of("1:/3s"), HasSubstr("does not begin with a number"));
  EXPECT_THAT(error_of("x"), HasSubstr("10k:50k/30s")) << "it shows what is right";
}

TEST(Rate, ThatStaysIsDueAtEvenDistances) {
  const Rate rate(4000);
  EXPECT_EQ(rate.time_of_ns(0), 0);
  EXPECT_EQ(rate.time_of_ns(1), 250'000);
  EXPECT_EQ(rate.time_of_ns(4000), 1'000'000'000);
  EXPECT_EQ(rate.time_of_ns(4000.0 * 86'400), 86'400'000'000'000) << "exact after a day";
  EXPECT_EQ(Rate(3).time_of_ns(1), 333'333'333);
  EXPECT_EQ(Rate(3).time_of_ns(2), 666'666'667);
  EXPECT_FALSE(rate.ramped());
}

// From 10,000 to 50,000 a second in 30 s: 900,000 in the ramp, and t s after its start
// 10,000 t + 40,000 / 30 t^2 / 2 of them.
TEST(Rate, ThatGrowsIsDueWhenItsIntegralSays) {
  const Rate rate = Rate::parse("10k:50k/30s");
  EXPECT_TRUE(rate.ramped());
  EXPECT_EQ(rate.time_of_ns(0), 0);
  EXPECT_EQ(rate.time_of_ns(100'000.0 + 200'000.0 / 3), 10'000'000'000);  // 10 s
  EXPECT_EQ(rate.time_of_ns(300'000), 15'000'000'000);                    // 15 s: half the time
  EXPECT_EQ(rate.time_of_ns(900'000), 30'000'000'000);
  EXPECT_EQ(rate.time_of_ns(900'001), 30'000'020'000) << "then it stays at 50,000";
  EXPECT_EQ(rate.time_of_ns(950'000), 31'000'000'000);
}

TEST(Rate, MayFallOrNearlyStay) {
  const Rate falls = Rate::parse("50k:10k/30s");
  EXPECT_EQ(falls.time_of_ns(600'000), 15'000'000'000);
  EXPECT_EQ(falls.time_of_ns(900'000), 30'000'000'000);
  EXPECT_EQ(falls.time_of_ns(910'000), 31'000'000'000);
  const Rate stays = Rate::parse("1000:1000/10s");
  EXPECT_EQ(stays.time_of_ns(5000), 5'000'000'000);
}

TEST(Rate, BeginsWithItsFirstValue) {
  EXPECT_EQ(Rate::parse("10k:50k/30s").initial(), Rate(10'000));
  EXPECT_EQ(Rate(7).initial(), Rate(7));
}

}  // namespace
}  // namespace threadmill::load
