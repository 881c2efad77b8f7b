// Clients that return to a server that ended their connections, and those that make it crash.

#include <gmock/gmock.h>

#include <atomic>
#include <set>

#include "loadgen/bystanders/crashers.h"
#include "loadgen/run.h"
#include "servers/staged/staging.h"
#include "tests/loadgen/fake_echo.h"

namespace threadmill::load {
namespace {

static_assert(kCrashLine == servers::kCrashTrigger);

Plan returning_plan(std::uint16_t port, std::uint32_t connections, double duration_s) {
  Plan plan = echo_plan(port, connections, 64, 1);
  plan.stop = {.messages = std::nullopt, .duration_s = duration_s, .warmup_s = 0};
  plan.lost_clients_return = true;
  return plan;
}

/// Ends each of the first `victims` connections instead of answering its fifth message.
FakeServer::Handler ending(int victims) {
  return by_message([victims](FakeServer& fake, int connection, int number, const std::string& message) {
    if (connection < victims && number == 4) {
      fake.close(connection);
    } else {
      fake.send(connection, message);
    }
  });
}

TEST(LostClients, ReturnAndAreCounted) {
  FakeServer server(ending(3));
  const LoadReport report = run_load(returning_plan(server.port(), 5, 0.3));
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
  FakeServer server(ending(3));
  Plan plan = returning_plan(server.port(), 5, 0.3);
  plan.arrivals.process = ArrivalProcess::constant;
  plan.arrivals.rate = Rate(500);
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_EQ(report.losses->returned, 3U);
  EXPECT_EQ(report.completed + report.losses->requests + report.unsent, 150U);
}

TEST(LostClients, ThatAreLostAgainAndAgainAreStillTheSameClients) {
  FakeServer server(ending(1000));
  Plan plan = returning_plan(server.port(), 2, 0.2);
  plan.requests.pipeline = 3;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_EQ(report.losses->clients, 2U);
  EXPECT_GT(report.losses->connections, 2U);
  EXPECT_GE(report.losses->connections, report.losses->returned);
  EXPECT_GT(report.losses->requests, report.losses->connections);
}

TEST(LostClients, OfAServerThatIsGoneStayAwayAndTheRunEndsInTime) {
  auto server = std::make_unique<FakeServer>(plain_echo);
  const LoadReport report = run_load(returning_plan(server->port(), 4, 0.2), [&](std::string_view gate) {
    if (gate == "warm") server.reset();
  });
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.losses->clients, 4U);
  EXPECT_EQ(report.losses->returned, 0U);
  EXPECT_EQ(report.losses->last_return_ns, 0);
  EXPECT_GT(report.losses->refused, 4U);
  EXPECT_EQ(report.completed, 0U);
}

TEST(LostClients, FailTheRunWhereThePlanDoesNotSayThatTheyReturn) {
  FakeServer server(ending(1));
  Plan plan = returning_plan(server.port(), 2, 0.3);
  plan.lost_clients_return = false;
  const LoadReport report = run_load(plan);
  EXPECT_THAT(report.failure, ::testing::Optional(::testing::HasSubstr("closed a connection in mid-run")));
  EXPECT_EQ(report.errors.closed, 1U);
  EXPECT_FALSE(report.losses);
}

TEST(Crashers, SendTheirLineInTheWindowAndAreCountedWhenTheServerEndsThem) {
  std::atomic<bool> measured = false;
  std::atomic<int> lines = 0;
  FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
    if (bytes != kCrashLine) return fake.send(connection, bytes);
    EXPECT_TRUE(measured);
    ++lines;
    fake.close(connection);
  });
  Plan plan = returning_plan(server.port(), 2, 0.2);
  plan.stop.warmup_s = 0.1;
  plan.bystanders.crashers = 2;
  const LoadReport report = run_load(plan, [&](std::string_view gate) { measured = gate == "warm"; });
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(lines, 2);
  EXPECT_EQ(report.bystanders->counts.crashers,
            (BystanderCounts{.asked = 2, .established = 2, .dropped_by_server = 2}));
  EXPECT_EQ(report.losses, Losses{});
}

TEST(Crashers, OfAServerThatAnswersAreNotDropped) {
  FakeServer server(plain_echo);
  Plan plan = returning_plan(server.port(), 1, 0.1);
  plan.bystanders.crashers = 1;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.bystanders->counts.crashers,
            (BystanderCounts{.asked = 1, .established = 1, .bytes_read = kCrashLine.size()}));
}

}  // namespace
}  // namespace threadmill::load
