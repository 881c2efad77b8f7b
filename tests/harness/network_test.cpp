// What a network does to packets, without one.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/network/delay_line.h"
#include "harness/network/netem.h"
#include "harness/network/segment_counts.h"
#include "json/error.h"
#include "json/strict_object.h"
#include "tests/support/thrown.h"

namespace threadmill::harness {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kPacket_bytes = 1250;  // 10,000 bits

NetworkConditions conditions_of(const char* text) {
  const auto document = nlohmann::json::parse(text);
  return read_network_conditions(threadmill::json::StrictObject(document, "x.json", kNetworkKeys));
}

std::string refusal_of(const char* text) {
  return thrown_by<threadmill::json::JsonError>([&] { conditions_of(text); });
}

TEST(NetworkConditions, WhatIsNotAskedForIsAbsent) {
  EXPECT_FALSE(conditions_of("{}").changes_anything());
  const auto all =
      conditions_of(R"({"delay_ms": 10, "jitter_ms": 0.5, "loss_percent": 1, "rate_mbit": 100})");
  EXPECT_EQ(all.delay, 10ms);
  EXPECT_EQ(all.jitter, 500us);
  EXPECT_EQ(all.loss_percent, 1);
  EXPECT_EQ(all.rate_mbit, 100);
}

TEST(NetworkConditions, WhatNoNetworkCanBeIsRefused) {
  EXPECT_THAT(refusal_of(R"({"delay": 10})"), HasSubstr("unknown key \"delay\"; allowed here: \"delay_ms\""));
  EXPECT_THAT(refusal_of(R"({"delay_ms": 1001})"), HasSubstr("\"delay_ms\""));
  EXPECT_THAT(refusal_of(R"({"loss_percent": 51})"), HasSubstr("\"loss_percent\""));
  EXPECT_THAT(refusal_of(R"({"rate_mbit": 0})"), HasSubstr("\"rate_mbit\""));
  EXPECT_THAT(refusal_of(R"({"delay_ms": 1, "jitter_ms": 2})"), HasSubstr("\"jitter_ms\" must not be above"));
}

// 10 ms at 100 Mbit/s, and a second of queue, in packets of 66 bytes.
TEST(NetworkConditions, WhatIsOnTheWayAndWhatWaitsFindsRoom) {
  EXPECT_EQ(packets_held({.delay = 10ms, .rate_mbit = 100}), 191'287U);
  EXPECT_EQ(packets_held({.delay = 10ms}), 189'393U);
  EXPECT_EQ(packets_held({.loss_percent = 1}), 1000U);
}

TEST(Netem, GetsWhatTheScenarioAsksFor) {
  EXPECT_THAT(netem_words({.delay = 10ms, .jitter = 2ms, .loss_percent = 0.5, .rate_mbit = 1.5}),
              ElementsAre("netem", "limit", "2875", "delay", "10000us", "2000us", "loss", "0.5%", "rate",
                          "1500kbit"));
  EXPECT_THAT(netem_words({.loss_percent = 1}), ElementsAre("netem", "limit", "1000", "loss", "1%"));
}

TEST(DelayLine, EachPacketIsDelayed) {
  DelayLine line({.delay = 10ms}, 1);
  const DelayLine::Time start{};
  EXPECT_EQ(line.arrival(start, kPacket_bytes), start + 10ms);
  EXPECT_EQ(line.arrival(start + 1ms, kPacket_bytes), start + 11ms);
}

TEST(DelayLine, PacketsWaitForTheirTurnAtTheRate) {
  DelayLine line({.delay = 10ms, .rate_mbit = 10}, 1);
  const DelayLine::Time start{};
  EXPECT_EQ(line.arrival(start, kPacket_bytes), start + 11ms);
  EXPECT_EQ(line.arrival(start, kPacket_bytes), start + 12ms);
  EXPECT_EQ(line.arrival(start + 5ms, kPacket_bytes), start + 16ms) << "the line was free again";
}

TEST(DelayLine, JitterStaysWithinItsBounds) {
  DelayLine line({.delay = 10ms, .jitter = 2ms}, 1);
  const DelayLine::Time start{};
  auto least = start + 1h, most = start;
  for (int i = 0; i < 1000; ++i) {
    const auto arrival = line.arrival(start, kPacket_bytes).value();
    least = std::min(least, arrival);
    most = std::max(most, arrival);
  }
  EXPECT_GE(least, start + 8ms);
  EXPECT_LE(most, start + 12ms);
  EXPECT_GT(most - least, 3ms);
}

TEST(DelayLine, AsManyAreLostAsAskedFor) {
  DelayLine line({.loss_percent = 10}, 1);
  int lost = 0;
  for (int i = 0; i < 10'000; ++i) lost += line.arrival({}, kPacket_bytes) ? 0 : 1;
  EXPECT_GT(lost, 800);
  EXPECT_LT(lost, 1200);
}

TEST(SegmentCounts, AreReadByTheNamesOfTheirColumns) {
  const auto counts = parse_segment_counts(
      "Ip: Forwarding OutSegs\nIp: 1 99\n"
      "Tcp: RtoAlgorithm MaxConn InSegs OutSegs RetransSegs InErrs\nTcp: 1 -1 700 812 7 0\n");
  EXPECT_EQ(counts.sent, 812U);
  EXPECT_EQ(counts.again, 7U);
  EXPECT_EQ(parse_segment_counts("").sent, 0U);
}

}  // namespace
}  // namespace threadmill::harness
