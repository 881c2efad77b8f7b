// Requests and replies over RESP2, and what every driver of one fixed request has in common.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "loadgen/run.h"
#include "tests/loadgen/long_enough_window.h"
#include "tests/loadgen/request_stream.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

const std::string kPing = "*1\r\n$4\r\nPING\r\n";
const std::string kPong = "+PONG\r\n";

Plan ping_plan(std::uint16_t port, std::uint32_t connections, std::uint64_t messages) {
  Plan plan;
  plan.target = {"127.0.0.1", port};
  plan.driver = DriverKind::resp;
  plan.requests.connections = connections;
  plan.stop.messages = messages;
  plan.stall_timeout_s = 5;
  return plan;
}

/// A server that answers the request number `which` of a connection with `reply`, and others with PONG.
FakeServer::Handler pong_but(int which, const std::string& reply) {
  return replies(kPing, [which, reply](int number) { return number == which ? reply : kPong; });
}

void expect_all_good(const LoadReport& report, std::uint64_t completed) {
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed, completed);
  EXPECT_EQ(report.service_time.count(), completed);
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_EQ(report.errors, Errors{});
}

TEST(RespDriver, CountsEveryReplyOfACorrectServer) {
  FakeServer server(replies(kPing, [](int) { return kPong; }));
  Plan plan = ping_plan(server.port(), 5, 200);
  plan.requests.pipeline = 16;
  plan.threads = 2;
  const LoadReport report = run_load(plan);
  expect_all_good(report, 1000);
  EXPECT_EQ(report.established, 5U);
  EXPECT_EQ(report.bytes, (Bytes{1000 * kPing.size(), 1000 * kPong.size()}));
}

TEST(RespDriver, SendsTheCommandAndTakesAnyKindOfReply) {
  for (const std::string reply :
       {"+OK\r\n", ":42\r\n", "$5\r\nhe\r\no\r\n", "$-1\r\n", "*2\r\n$1\r\na\r\n:7\r\n"}) {
    FakeServer server(replies("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$0\r\n\r\n", [reply](int) { return reply; }));
    Plan plan = ping_plan(server.port(), 2, 20);
    plan.requests.command = {"SET", "key", ""};
    expect_all_good(run_load(plan), 40);
  }
}

TEST(RespDriver, TakesRepliesThatComeInParts) {
  for (const std::string& reply : {kPong, std::string("*2\r\n$1\r\na\r\n:7\r\n")}) {
    FakeServer server(replies_in_parts(kPing, reply));
    expect_all_good(run_load(ping_plan(server.port(), 2, 2 * reply.size())), 4 * reply.size());
  }
}

TEST(RespDriver, TakesRepliesLargerThanWhatIsReceivedAtOnce) {
  const std::string value(300'000, 'v');
  FakeServer server(replies(kPing, [&](int) { return "$300000\r\n" + value + "\r\n"; }));
  Plan plan = ping_plan(server.port(), 2, 10);
  plan.requests.pipeline = 2;
  expect_all_good(run_load(plan), 20);
}

TEST(RespDriver, NoticesAWrongByteAnywhere) {
  for (const std::size_t where : {std::size_t{1}, std::size_t{4}}) {
    std::string wrong = kPong;
    wrong[where] = 'X';
    FakeServer server(pong_but(3, wrong));
    const LoadReport report = run_load(ping_plan(server.port(), 1, 10));
    EXPECT_TRUE(report.complete());
    EXPECT_EQ(report.completed, 9U) << where;
    EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1})) << where;
  }
}

TEST(RespDriver, NoticesAWrongByteInWhatCameInParts) {
  FakeServer server(by_request(kPing, [](FakeServer& fake, int connection, int number) {
    fake.send(connection, "+PO");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    fake.send(connection, number == 3 ? "NX\r\n" : "NG\r\n");
  }));
  const LoadReport report = run_load(ping_plan(server.port(), 1, 10));
  EXPECT_EQ(report.completed, 9U);
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1}));
}

TEST(RespDriver, EveryThreadComparesWithTheSameReply) {
  FakeServer server(by_request(kPing, [](FakeServer& fake, int connection, int) {
    fake.send(connection, connection == 0 ? "+ONE\r\n" : "+TWO\r\n");
  }));
  Plan plan = ping_plan(server.port(), 2, 10);
  plan.threads = 2;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.completed, 10U);
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 10}));
}

TEST(RespDriver, AnErrorFailsTheRunInTheServersWords) {
  for (const int which : {0, 3}) {
    FakeServer server(pong_but(which, "-ERR out of order\r\n"));
    const LoadReport report = run_load(ping_plan(server.port(), 1, 10));
    ASSERT_TRUE(report.failure);
    EXPECT_THAT(*report.failure, HasSubstr("answered PING with an error: ERR out of order"));
    EXPECT_EQ(report.completed, static_cast<std::uint64_t>(which));
    EXPECT_EQ(report.errors, (Errors{.server = 1}));
    EXPECT_EQ(report.integrity, Integrity{});
  }
}

TEST(RespDriver, WhatIsNoReplyFailsTheRun) {
  FakeServer server(pong_but(3, "PONG\r\n"));
  const LoadReport report = run_load(ping_plan(server.port(), 1, 10));
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("does not speak RESP2"));
  EXPECT_EQ(report.errors, (Errors{.protocol = 1}));
  EXPECT_EQ(report.completed, 3U);
}

TEST(RespDriver, NoticesWhatComesBehindTheLastReply) {
  for (const std::string& more : {kPong, std::string("+PO"), std::string("junk"), std::string("-ERR\r\n")}) {
    FakeServer server(pong_but(9, kPong + more));
    const LoadReport report = run_load(ping_plan(server.port(), 1, 10));
    EXPECT_EQ(report.completed, 10U) << more;
    EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1})) << more;
  }
}

TEST(RespDriver, NoticesAReplyTooManyThatComesInParts) {
  bool first_is_done = false;
  bool second_waits = false;
  FakeServer server(by_request(kPing, [&](FakeServer& fake, int connection, int number) {
    if (connection == 1 && number == 0 && !first_is_done) {
      second_waits = true;  // so that the run goes on until the first has got all
      return;
    }
    fake.send(connection, kPong);
    if (connection == 1 || number < 9) return;
    for (const std::string part : {"+PO", "NG\r\n"}) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      fake.send(connection, part);
    }
    first_is_done = true;
    if (second_waits) fake.send(1, kPong);
  }));
  const LoadReport report = run_load(ping_plan(server.port(), 2, 10));
  EXPECT_EQ(report.completed, 20U);
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1}));
}

TEST(RespDriver, NoticesAReplyTooManyInMidRun) {
  FakeServer server(pong_but(3, kPong + kPong));
  const LoadReport report = run_load(ping_plan(server.port(), 1, 10));
  EXPECT_EQ(report.completed, 10U);
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1}));
}

TEST(RespDriver, AReplyThatNeverComesIsLost) {
  FakeServer server(pong_but(3, "+PO"));
  Plan plan = ping_plan(server.port(), 1, 10);
  plan.stall_timeout_s = 3;  // a server that does not run for a while has not stalled
  const LoadReport report = run_load(plan);
  EXPECT_THAT(report.failure.value_or(""), HasSubstr("stalled"));
  EXPECT_THAT(report.failure.value_or(""), HasSubstr("timeouts.stall_s")) << "the remedy";
  EXPECT_EQ(report.errors, (Errors{.timeout = 1}));
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1, .lost = 1}));
}

TEST(RespDriver, ReportsAServerThatClosesInMidRun) {
  FakeServer server(by_request(kPing, [](FakeServer& fake, int connection, int number) {
    if (number == 3) {
      fake.close(connection);
    } else {
      fake.send(connection, kPong);
    }
  }));
  const LoadReport report = run_load(ping_plan(server.port(), 1, 10));
  EXPECT_THAT(report.failure.value_or(""), HasSubstr("closed"));
  EXPECT_EQ(report.errors.closed + report.errors.reset, 1U);
  EXPECT_EQ(report.integrity, (Integrity{.lost = 1}));
}

TEST(RespDriver, ClientsThatLeaveAfterSomeRequestsComeAnew) {
  int connections = 0;
  int most_requests = 0;
  FakeServer server(by_request(kPing, [&](FakeServer& fake, int connection, int number) {
    connections = std::max(connections, connection + 1);
    most_requests = std::max(most_requests, number + 1);
    fake.send(connection, kPong);
  }));
  Plan plan = ping_plan(server.port(), 2, 15);
  plan.requests.messages_per_connection = 5;
  plan.measure_from = MeasureFrom::connect;
  const LoadReport report = run_load(plan);
  expect_all_good(report, 30);
  EXPECT_EQ(report.established, 2U) << "of those that were asked for";
  EXPECT_EQ(report.connect_time.count(), 6U);
  EXPECT_EQ(connections, 6);
  EXPECT_EQ(most_requests, 5);
}

TEST(RespDriver, NoticesWhatAConnectionThatIsLeftHasTooMuch) {
  FakeServer server(pong_but(4, kPong + "+PO"));
  Plan plan = ping_plan(server.port(), 1, 10);
  plan.requests.messages_per_connection = 5;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed, 10U);
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 2}));
}

TEST(RespDriver, RunsOpenLoopsToo) {
  FakeServer server(replies(kPing, [](int) { return kPong; }));
  Plan plan = ping_plan(server.port(), 4, 1);
  plan.arrivals.process = ArrivalProcess::constant;
  plan.arrivals.rate = Rate::parse("1000");
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    plan.stop = {.messages = std::nullopt, .duration_s = seconds};
    const LoadReport report = run_load(plan);
    const auto due = static_cast<std::uint64_t>(std::llround(1000 * seconds));
    expect_all_good(report, due - report.unsent);  // a loaded machine may not get to the last ones
    return report.completed > 0;
  }));
}

}  // namespace
}  // namespace threadmill::load
