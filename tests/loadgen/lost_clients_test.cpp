// Clients that return to a server that ended their connections, and those that make it crash.

#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "loadgen/bystanders/crashers.h"
#include "loadgen/run.h"
#include "servers/staged/staging.h"
#include "tests/loadgen/fake_echo.h"
#include "tests/loadgen/long_enough_window.h"

namespace threadmill::load {
namespace {

static_assert(kCrashLine == servers::kCrashTrigger);

Plan returning_plan(std::uint16_t port, std::uint32_t connections, double duration_s) {
  Plan plan = echo_plan(port, connections, 64, 1);
  plan.stop = {.messages = std::nullopt, .duration_s = duration_s, .warmup_s = 0};
  plan.lost_clients_return = true;
  return plan;
}

/// What a server has answered. Its thread's own until the server is gone.
struct Answered {
  std::set<int> connections;
  std::uint64_t messages = 0;

  /// Whether so many clients had an answer over a connection that they made in place of another.
  bool anew(int first_ones, std::size_t clients) const {
    const auto from = connections.lower_bound(first_ones);
    return static_cast<std::size_t>(std::distance(from, connections.end())) >= clients;
  }
};

/// Ends each of the first `victims` connections instead of answering its fifth message.
FakeServer::Handler ending(int victims, Answered* answered = nullptr) {
  return by_message(
      [victims, answered](FakeServer& fake, int connection, int number, const std::string& message) {
        if (connection < victims && number == 4) {
          fake.close(connection);
          return;
        }
        fake.send(connection, message);
        if (answered == nullptr) return;
        answered->connections.insert(connection);
        ++answered->messages;
      });
}

TEST(LostClients, ReturnAndAreCounted) {
  LoadReport report;
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    Answered answered;
    {
      FakeServer server(ending(3, &answered));
      report = run_load(returning_plan(server.port(), 5, seconds));
    }
    return answered.anew(5, 3) && answered.messages > 5U * 5;
  }));
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.errors, Errors{});
  EXPECT_EQ(report.integrity, Integrity{});
  ASSERT_TRUE(report.losses);
  EXPECT_EQ(report.losses->clients, 3U);
  EXPECT_EQ(report.losses->connections, 3U);
  EXPECT_EQ(report.losses->returned, 3U);
  EXPECT_EQ(report.losses->requests, 3U);
  EXPECT_EQ(report.losses->refused, 0U);
  EXPECT_GE(report.losses->first_ns, report.window.start_ns);
  EXPECT_GT(report.losses->last_return_ns, report.losses->first_ns);
  EXPECT_GT(report.losses->longest_absence_ns, 0);
  EXPECT_GT(report.completed, 5U * 5);
}

TEST(LostClients, ReturnInAnOpenLoopToo) {
  LoadReport report;
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    Answered answered;
    {
      FakeServer server(ending(3, &answered));
      Plan plan = returning_plan(server.port(), 5, seconds);
      plan.arrivals.process = ArrivalProcess::constant;
      plan.arrivals.rate = Rate(500);
      report = run_load(plan);
    }
    EXPECT_EQ(report.failure, std::nullopt);
    EXPECT_EQ(report.integrity, Integrity{});
    const auto due = static_cast<std::uint64_t>(std::llround(500 * seconds));
    EXPECT_EQ(report.completed + report.losses->requests + report.unsent, due);
    return answered.anew(5, 3);
  }));
  EXPECT_EQ(report.losses->returned, 3U);
}

TEST(LostClients, ThatAreLostAgainAndAgainAreStillTheSameClients) {
  LoadReport report;
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    FakeServer server(ending(1'000'000));
    Plan plan = returning_plan(server.port(), 2, seconds);
    plan.requests.pipeline = 3;
    report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt);
    EXPECT_EQ(report.integrity, Integrity{});
    return report.losses->clients == 2 && report.losses->connections > 2;
  }));
  EXPECT_EQ(report.losses->clients, 2U);
  EXPECT_GT(report.losses->connections, 2U);
  EXPECT_GE(report.losses->connections, report.losses->returned);
  EXPECT_GT(report.losses->requests, report.losses->connections);
}

TEST(LostClients, OfAServerThatIsGoneStayAwayAndTheRunEndsInTime) {
  LoadReport report;
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    auto server = std::make_unique<FakeServer>(plain_echo);
    report = run_load(returning_plan(server->port(), 4, seconds), [&](std::string_view gate) {
      if (gate == "warm") server.reset();
    });
    EXPECT_EQ(report.failure, std::nullopt);
    return report.losses->refused > 4;
  }));
  EXPECT_EQ(report.losses->clients, 4U);
  EXPECT_EQ(report.losses->returned, 0U);
  EXPECT_EQ(report.losses->last_return_ns, 0);
  EXPECT_EQ(report.completed, 0U);
}

TEST(LostClients, FailTheRunWhereThePlanDoesNotSayThatTheyReturn) {
  FakeServer server(ending(1));
  Plan plan = returning_plan(server.port(), 2, 60);  // of which it needs a moment: the failure ends it
  plan.lost_clients_return = false;
  const LoadReport report = run_load(plan);
  EXPECT_THAT(report.failure, ::testing::Optional(::testing::HasSubstr("closed a connection in mid-run")));
  EXPECT_EQ(report.errors.closed, 1U);
  EXPECT_FALSE(report.losses);
}

/// Hands crashers' lines to `hear`. While it measures, it answers the load only when `crashers` lines have
/// come: the run ends with its last answers, and so not before the lines, however late these are.
FakeServer::Handler hearing_out(int crashers, const std::atomic<bool>& measured,
                                std::function<void(FakeServer&, int)> hear) {
  struct State {
    int lines = 0;
    std::vector<std::pair<int, std::string>> held;
  };
  return [=, &measured, state = State{}](FakeServer& fake, int connection, std::string_view bytes) mutable {
    if (bytes == kCrashLine) {
      ++state.lines;
      hear(fake, connection);
    } else {
      state.held.emplace_back(connection, bytes);
    }
    if (measured && state.lines < crashers) return;
    for (const auto& [whose, message] : std::exchange(state.held, {})) fake.send(whose, message);
  };
}

TEST(Crashers, SendTheirLineInTheWindowAndAreCountedWhenTheServerEndsThem) {
  std::atomic<bool> measured = false;
  std::atomic<int> lines = 0;
  FakeServer server(hearing_out(2, measured, [&](FakeServer& fake, int connection) {
    EXPECT_TRUE(measured);
    ++lines;
    fake.close(connection);
  }));
  Plan plan = returning_plan(server.port(), 2, 0.2);
  plan.stop.warmup_s = 0.1;
  plan.stall_timeout_s = 30;
  plan.bystanders.crashers = 2;
  const LoadReport report = run_load(plan, [&](std::string_view gate) { measured = gate == "warm"; });
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(lines, 2);
  EXPECT_EQ(report.bystanders->counts.crashers,
            (BystanderCounts{.asked = 2, .established = 2, .dropped_by_server = 2}));
  EXPECT_EQ(report.losses, Losses{});
}

TEST(Crashers, OfAServerThatAnswersAreNotDropped) {
  const std::atomic<bool> measured = true;
  FakeServer server(
      hearing_out(1, measured, [](FakeServer& fake, int connection) { fake.send(connection, kCrashLine); }));
  Plan plan = returning_plan(server.port(), 1, 0.1);
  plan.stall_timeout_s = 30;
  plan.bystanders.crashers = 1;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.bystanders->counts.crashers,
            (BystanderCounts{.asked = 1, .established = 1, .bytes_read = kCrashLine.size()}));
}

}  // namespace
}  // namespace threadmill::load
