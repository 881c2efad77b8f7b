#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "loadgen/run.h"
#include "tests/loadgen/fake_echo.h"
#include "tests/loadgen/long_enough_window.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

TEST(EchoDriver, CountsEveryAnswerOfACorrectServer) {
  FakeServer server(plain_echo);
  for (const std::uint32_t size : {1U, 7U, 8U, 64U, 300'000U}) {
    Plan plan = echo_plan(server.port(), 5, size, 20);
    plan.requests.pipeline = 3;
    plan.threads = 2;
    const LoadReport report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt) << size;
    EXPECT_EQ(report.established, 5U);
    EXPECT_EQ(report.completed, 100U);
    EXPECT_EQ(report.bytes, (Bytes{100ULL * size, 100ULL * size}));
    EXPECT_EQ(report.service_time.count(), 100U);
    EXPECT_EQ(report.integrity, Integrity{});
    EXPECT_EQ(report.errors, Errors{});
    EXPECT_EQ(report.deliveries, std::nullopt);
    EXPECT_EQ(report.threads.size(), 2U);
    EXPECT_LT(report.window.start_ns, report.window.end_ns);
  }
}

TEST(EchoDriver, ByTimeEverythingSentInTheWindowIsAnsweredInIt) {
  FakeServer server(plain_echo);
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    Plan plan = echo_plan(server.port(), 4, 64, 1);
    plan.stop = {.messages = std::nullopt, .duration_s = seconds / 2, .warmup_s = 0.05};
    const LoadReport report = run_load(plan);
    EXPECT_TRUE(report.complete());
    EXPECT_EQ(report.bytes.sent, report.completed * 64);
    EXPECT_EQ(report.bytes.received, report.completed * 64);
    EXPECT_EQ(report.service_time.count(), report.completed);
    EXPECT_LE(report.service_time.max(), report.window.end_ns - report.window.start_ns);
    return report.completed > 0;
  }));
}

TEST(EchoDriver, MeasuresFromConnectWhenAsked) {
  FakeServer server(plain_echo);
  Plan plan = echo_plan(server.port(), 20, 64, 10);
  plan.measure_from = MeasureFrom::connect;
  std::vector<std::string> gates;
  const LoadReport report = run_load(plan, [&](std::string_view gate) { gates.emplace_back(gate); });
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed, 200U);
  EXPECT_THAT(gates, ::testing::ElementsAre("start", "measured"));
}

TEST(EchoDriver, NoticesAWrongByteAnywhere) {
  for (const std::size_t where : {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{63}}) {
    FakeServer server(by_message([where](FakeServer& fake, int connection, int number, std::string message) {
      if (connection == 0 && number == 3) message[where] = static_cast<char>(message[where] ^ 1);
      fake.send(connection, message);
    }));
    const LoadReport report = run_load(echo_plan(server.port(), 1, 64, 10));
    EXPECT_TRUE(report.complete());
    EXPECT_EQ(report.completed, 9U) << where;
    EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1})) << where;
  }
}

TEST(EchoDriver, NoticesARepeatedAnswer) {
  FakeServer server(by_message([](FakeServer& fake, int connection, int number, const std::string& message) {
    fake.send(connection, number == 3 ? message + message : message);
  }));
  const LoadReport report = run_load(echo_plan(server.port(), 1, 64, 10));
  EXPECT_EQ(report.completed, 10U);
  EXPECT_EQ(report.integrity, (Integrity{.repeated = 1}));
}

TEST(EchoDriver, NoticesWhatComesBehindTheLastAnswer) {
  FakeServer garbage(by_message([](FakeServer& fake, int connection, int number, const std::string& message) {
    fake.send(connection, number == 9 ? message + "more" : message);
  }));
  EXPECT_EQ(run_load(echo_plan(garbage.port(), 1, 64, 10)).integrity, (Integrity{.corrupt = 1}));
  FakeServer repeating(
      by_message([](FakeServer& fake, int connection, int number, const std::string& message) {
        fake.send(connection, number == 9 ? message + message : message);
      }));
  EXPECT_EQ(run_load(echo_plan(repeating.port(), 1, 64, 10)).integrity, (Integrity{.repeated = 1}));
}

// Who sends the sixth message has the answers to five, in time.
TEST(EchoDriver, AnAnswerBehindTheDeadlineIsDrainedAndNotInTime) {
  LoadReport report;
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    std::atomic<bool> has_sixth = false;
    const std::chrono::duration<double> longer(seconds * 1.5);
    FakeServer server(
        by_message([&](FakeServer& fake, int connection, int number, const std::string& message) {
          if (number == 5) {
            has_sixth = true;
            std::this_thread::sleep_for(longer);
          }
          fake.send(connection, message);
        }));
    Plan plan = echo_plan(server.port(), 1, 64, 1);
    plan.stop = {.messages = std::nullopt, .duration_s = seconds, .warmup_s = 0};
    plan.stall_timeout_s = 60;
    report = run_load(plan);
    EXPECT_TRUE(report.complete());
    return has_sixth.load();
  }));
  EXPECT_EQ(report.completed, 6U);
  EXPECT_EQ(report.completed_in_time, 5U);
  ASSERT_TRUE(report.window.deadline_ns);
  EXPECT_GT(report.window.end_ns, *report.window.deadline_ns);
}

TEST(EchoDriver, NoticesAnswersThatWereSwapped) {
  std::string held;
  FakeServer server(
      by_message([&held](FakeServer& fake, int connection, int number, const std::string& message) {
        if (number == 4) {
          held = message;
        } else {
          fake.send(connection, number == 5 ? message + held : message);
        }
      }));
  Plan plan = echo_plan(server.port(), 1, 64, 10);
  plan.requests.pipeline = 3;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.completed, 10U);
  EXPECT_EQ(report.integrity, (Integrity{.reordered = 1}));
}

TEST(EchoDriver, NoticesAnswersForAnotherConnection) {
  std::string held;
  FakeServer server(
      by_message([&held](FakeServer& fake, int connection, int number, const std::string& message) {
        if (number != 5) {
          fake.send(connection, message);
        } else if (held.empty()) {
          held = message;
        } else {  // each of the two gets what the other sent
          fake.send(connection, held);
          fake.send(1 - connection, message);
        }
      }));
  const LoadReport report = run_load(echo_plan(server.port(), 2, 64, 10));
  EXPECT_EQ(report.completed, 18U);
  EXPECT_EQ(report.integrity, (Integrity{.misdelivered = 2}));
}

TEST(EchoDriver, ReportsAServerThatClosesInMidRun) {
  FakeServer server(by_message([](FakeServer& fake, int connection, int number, const std::string& message) {
    if (connection == 0 && number == 3) {
      fake.close(connection);
    } else {
      fake.send(connection, message);
    }
  }));
  const LoadReport report = run_load(echo_plan(server.port(), 2, 64, 1'000'000));
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("closed"));
  EXPECT_EQ(report.errors.closed + report.errors.reset, 1U);
  EXPECT_EQ(report.integrity.lost, 1U);
  EXPECT_EQ(report.established, 2U);
}

TEST(EchoDriver, AServerThatNeverAnswersIsAStall) {
  FakeServer server([](FakeServer&, int, std::string_view) {});
  Plan plan = echo_plan(server.port(), 3, 64, 10);
  plan.stall_timeout_s = 0.2;
  const LoadReport report = run_load(plan);
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("stalled"));
  EXPECT_EQ(report.errors, (Errors{.timeout = 3}));
  EXPECT_EQ(report.integrity, (Integrity{.lost = 3}));
  EXPECT_EQ(report.completed, 0U);
}

TEST(EchoDriver, ReportsThatNothingListens) {
  const LoadReport report = run_load(echo_plan(closed_port(), 3, 64, 10));
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("Connection refused"));
  EXPECT_EQ(report.errors, (Errors{.connect = 3}));
  EXPECT_EQ(report.asked, 3U);
  EXPECT_EQ(report.established, 0U);
}

TEST(EchoDriver, ReportsACpuThatIsNotThere) {
  FakeServer server(plain_echo);
  Plan plan = echo_plan(server.port(), 1, 64, 10);
  plan.cpus = {1023};
  const LoadReport report = run_load(plan);
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("1023"));
}

}  // namespace
}  // namespace threadmill::load
