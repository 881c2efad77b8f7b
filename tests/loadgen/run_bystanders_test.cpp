// A whole run with bystanders beside it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <thread>

#include "loadgen/run.h"
#include "tests/loadgen/fake_server.h"
#include "tests/loadgen/tcp_table.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

Plan echo_plan(std::uint16_t port, const BystanderLoad& bystanders) {
  Plan plan;
  plan.target = {"127.0.0.1", port};
  plan.requests.connections = 3;
  plan.stop.messages = 5;
  plan.bystanders = bystanders;
  return plan;
}

void echo(FakeServer& server, int connection, std::string_view bytes) { server.send(connection, bytes); }

TEST(RunWithBystanders, TellsWhatBecameOfThemBesideTheLoad) {
  FakeServer server(echo);
  const LoadReport report =
      run_load(echo_plan(server.port(), {.idle = 20, .slow_readers = 2, .half_open = 4}));
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed, 15U);
  EXPECT_EQ(report.errors, Errors{});
  EXPECT_EQ(report.asked, 3U);
  EXPECT_EQ(report.established, 3U);
  ASSERT_TRUE(report.bystanders);
  EXPECT_EQ(report.bystanders->counts.idle, (BystanderCounts{.asked = 20, .established = 20}));
  EXPECT_EQ(report.bystanders->counts.slow_readers.established, 2U);
  EXPECT_EQ(report.bystanders->counts.half_open.established, 4U);
  EXPECT_EQ(report.bystanders->counts.total().dropped_by_server, 0U);
  EXPECT_GT(report.bystanders->cpu_ns, 0);
}

TEST(RunWithBystanders, HasNothingToTellOfNone) {
  FakeServer server(echo);
  EXPECT_FALSE(run_load(echo_plan(server.port(), {})).bystanders);
}

TEST(RunWithBystanders, TheyAreThereFromTheFirstGateToTheLast) {
  FakeServer server(echo);
  std::map<std::string, std::size_t> clients;
  const LoadReport report = run_load(echo_plan(server.port(), {.idle = 20}), [&](std::string_view name) {
    auto& seen = clients[std::string(name)];
    const std::size_t expected = name == "start" ? 20 : 23;
    for (int i = 0; i < 1000 && seen < expected; ++i) seen = ends_of_clients(server.port()).size();
  });
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_GE(clients["start"], 20U);
  EXPECT_GE(clients["measured"], 23U);
}

TEST(RunWithBystanders, SlowReadersAskOnlyOnceTheLoadIsAboutToBegin) {
  for (const auto& [from, last_silent_gate] :
       {std::pair{MeasureFrom::connected, "connected"}, {MeasureFrom::connect, "start"}}) {
    std::atomic<int> heard = 0;
    FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
      ++heard;
      fake.send(connection, bytes);
    });
    Plan plan = echo_plan(server.port(), {.slow_readers = 2, .slow_reader_bytes_per_s = 100'000});
    plan.measure_from = from;
    const LoadReport report = run_load(plan, [&, silent = last_silent_gate](std::string_view name) {
      if (name == silent) {
        std::this_thread::sleep_for(std::chrono::milliseconds(250));  // two turns of theirs
        EXPECT_EQ(heard, 0);
      }
      if (name != "measured") return;
      for (int i = 0; i < 1000 && heard <= 3 * 5; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      EXPECT_GT(heard, 3 * 5);  // more than the load can have asked
    });
    EXPECT_EQ(report.failure, std::nullopt);
  }
}

TEST(RunWithBystanders, FailsWhenNotAllAreEstablished) {
  const LoadReport report = run_load(echo_plan(closed_port(), {.idle = 20, .half_open = 1}));
  EXPECT_THAT(report.failure,
              Optional(HasSubstr("21 of 21 bystanders were not established: Connection refused")));
  EXPECT_EQ(report.bystanders->counts.idle.connect_failures, 20U);
  EXPECT_EQ(report.established, 0U);
}

TEST(RunWithBystanders, GivesUpThoseThatAreNotReadyInTime) {
  FakeServer server([](FakeServer&, int, std::string_view) {});
  Plan plan = echo_plan(server.port(), {.half_open = 2});  // who wait for the echo of their half
  plan.connect_timeout_s = 0.2;
  EXPECT_THAT(run_load(plan).failure,
              Optional(HasSubstr("2 of 2 bystanders were not established: not ready in time")));
}

TEST(RunWithBystanders, WhomTheServerDropsAreCountedAndNoFailure) {
  std::atomic<int> dropped = 0;
  FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
    // They came first.
    for (; dropped < 20; ++dropped) fake.close(dropped);
    fake.send(connection, bytes);
  });
  const LoadReport report = run_load(echo_plan(server.port(), {.idle = 20}));
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed, 15U);
  EXPECT_EQ(report.bystanders->counts.idle.dropped_by_server, 20U);
}

}  // namespace
}  // namespace threadmill::load
