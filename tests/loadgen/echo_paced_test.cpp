#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "loadgen/run.h"
#include "tests/loadgen/fake_echo.h"
#include "tests/loadgen/long_enough_window.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

/// `per_s` requests a second for `seconds`, on connections of messages of 64 bytes.
Plan open_plan(const FakeServer& server, std::uint32_t connections, double per_s, double seconds) {
  Plan plan = echo_plan(server.port(), connections, 64, 1);
  plan.arrivals.process = ArrivalProcess::constant;
  plan.arrivals.rate = Rate(per_s);
  plan.stop = {.messages = std::nullopt, .duration_s = seconds, .warmup_s = 0};
  return plan;
}

TEST(OpenLoop, EveryRequestThatIsDueIsAnsweredOrCountedAsUnsent) {
  FakeServer server(plain_echo);
  for (const auto process : {ArrivalProcess::constant, ArrivalProcess::poisson}) {
    EXPECT_TRUE(in_long_enough_window([&](double seconds) {
      Plan plan = open_plan(server, 5, 500, seconds);
      plan.arrivals.process = process;
      plan.threads = 2;
      plan.stop.warmup_s = 0.05;
      const LoadReport report = run_load(plan);
      EXPECT_EQ(report.failure, std::nullopt);
      EXPECT_EQ(report.service_time.count(), report.completed);
      EXPECT_EQ(report.paced.value().slip.count(), report.completed);
      EXPECT_EQ(report.paced.value().send_delay.count(), report.completed);
      EXPECT_EQ(report.paced.value().response_time.count(), report.completed + report.unsent);
      EXPECT_EQ(report.integrity, Integrity{});
      if (process == ArrivalProcess::constant) {
        EXPECT_EQ(report.completed + report.unsent, static_cast<std::uint64_t>(std::llround(500 * seconds)));
      }
      return report.completed > 0;
    }));
  }
}

// 20 connections, of which the warm-up's 10 requests use half.
TEST(OpenLoop, WhoHadNothingToDoInTheWarmUpHasInTheWindow) {
  FakeServer server(plain_echo);
  Plan plan = open_plan(server, 20, 100, 0.3);
  plan.stop.warmup_s = 0.1;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed + report.unsent, 30U);
}

// Each client leaves after one request. At the end of the warm-up all have had theirs, and must come anew.
TEST(Churn, ClientsWhoseLastAnswerEndedTheWarmUpComeAnew) {
  FakeServer server(by_message([](FakeServer& fake, int connection, int, const std::string& message) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    fake.send(connection, message);
  }));
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    Plan plan = echo_plan(server.port(), 2, 64, 1);
    plan.requests.messages_per_connection = 1;
    plan.stop = {.messages = std::nullopt, .duration_s = seconds, .warmup_s = 0.05};
    const LoadReport report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt);
    return report.completed >= 2;
  }));
}

// The server stands still for 0.6 s of 2. About 120 requests fall due meanwhile and wait for up to as long,
// but only those that were under way tell of it in their service time. A generator that has to wait for its
// CPU makes the others wait for longer, not for less; as long as it gets to send most of them at all.
TEST(OpenLoop, ResponseTimeSeesAStallAndServiceTimeDoesNot) {
  static constexpr std::int64_t kStallNs = 600'000'000;
  FakeServer server(by_message([](FakeServer& fake, int connection, int number, const std::string& message) {
    if (number == 20) std::this_thread::sleep_for(std::chrono::nanoseconds(kStallNs));
    fake.send(connection, message);
  }));
  const LoadReport report = run_load(open_plan(server, 1, 200, 2));
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_GE(report.service_time.max(), kStallNs) << "the one under way";
  // Of at most 400, those due in the first half of the stall waited for more than its second half.
  const std::int64_t half = kStallNs / 2 - 5'000'000;
  EXPECT_GE(report.paced->response_time.value_at_percentile(86), half);
  EXPECT_GE(report.paced->slip.value_at_percentile(86), half);
  EXPECT_LT(report.service_time.value_at_percentile(86), report.paced->response_time.value_at_percentile(86));
  EXPECT_GE(report.paced->response_time.max(), report.service_time.max());
}

TEST(OpenLoop, WhatFindsNoFreeConnectionIsUnsent) {
  FakeServer server([](FakeServer&, int, std::string_view) {});
  Plan plan = open_plan(server, 2, 500, 0.2);
  plan.requests.pipeline = 3;
  plan.stall_timeout_s = 0.2;
  const LoadReport report = run_load(plan);
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("stalled"));
  EXPECT_EQ(report.completed, 0U);
  EXPECT_EQ(report.integrity, (Integrity{.lost = 6})) << "those that were sent";
  EXPECT_GT(report.unsent, 0U);
  EXPECT_LE(report.unsent, 94U);
  EXPECT_EQ(report.paced->response_time.count(), report.unsent);
  std::uint64_t in_series = 0;
  for (const auto& interval : report.paced->series.intervals()) in_series += interval.completed;
  EXPECT_EQ(in_series, report.unsent);
}

TEST(ClosedLoopWithTimeToThink, HasDueTimes) {
  FakeServer server(plain_echo);
  Plan plan = echo_plan(server.port(), 3, 64, 10);
  plan.arrivals.think_ns = 100'000;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed, 30U);
  EXPECT_EQ(report.unsent, 0U);
  ASSERT_TRUE(report.paced);
  EXPECT_EQ(report.paced->response_time.count(), 30U);
  EXPECT_EQ(report.paced->slip.count(), 30U);
  EXPECT_GE(report.window.end_ns - report.window.start_ns, 10 * 100'000) << "each thinks before each request";
}

}  // namespace
}  // namespace threadmill::load
