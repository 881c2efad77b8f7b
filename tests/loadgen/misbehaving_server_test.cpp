// Each integrity counter is proved by a server that does just that wrong: closed loop and open loop, requests
// and publications.

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "loadgen/contracts.h"
#include "loadgen/run.h"
#include "tests/loadgen/fake_echo.h"
#include "tests/loadgen/fake_pubsub.h"
#include "tests/loadgen/long_enough_window.h"

namespace threadmill::load {
namespace {

enum class Misdeed { none, corrupts, drops, repeats, swaps, misdelivers };

constexpr Misdeed kAll[] = {Misdeed::none,    Misdeed::corrupts, Misdeed::drops,
                            Misdeed::repeats, Misdeed::swaps,    Misdeed::misdelivers};
constexpr int kWhich = 4;              // message of a connection or publisher that it happens to
constexpr std::uint64_t kEnough = 20;  // answers: with two who take turns, it has happened by then

Integrity expected(Misdeed misdeed, std::uint64_t misdelivered) {
  switch (misdeed) {
    case Misdeed::none:
      break;
    case Misdeed::corrupts:
      return {.corrupt = 1};
    case Misdeed::drops:
      return {.lost = 1};
    case Misdeed::repeats:
      return {.repeated = 1};
    case Misdeed::swaps:
      return {.reordered = 1};
    case Misdeed::misdelivers:
      return {.misdelivered = misdelivered};
  }
  return {};
}

/// For the parameter: whether the loop is open.
class MisbehavingServer : public ::testing::TestWithParam<bool> {
 protected:
  void pace(Plan& plan, double seconds) const {
    plan.stall_timeout_s = 3;
    if (!GetParam()) return;
    plan.arrivals.process = ArrivalProcess::constant;
    plan.arrivals.rate = Rate(500);
    plan.stop = {.messages = std::nullopt, .duration_s = seconds, .warmup_s = 0};
  }
};

/// Does it to message kWhich of the first connection; messages of two connections are exchanged.
FakeServer::Handler misbehaving_echo(Misdeed misdeed) {
  return by_message([misdeed, held = std::optional<std::pair<int, std::string>>()](
                        FakeServer& fake, int connection, int number, std::string message) mutable {
    if (misdeed == Misdeed::misdelivers && number == kWhich) {
      if (!held) {
        held = {connection, message};
        return;
      }
      fake.send(connection, held->second);
      fake.send(held->first, message);
    } else if (connection != 0 || (number != kWhich && number != kWhich + 1)) {
      fake.send(connection, message);
    } else if (misdeed == Misdeed::swaps) {
      if (number == kWhich) {
        held = {connection, message};
      } else {
        fake.send(connection, message + held->second);
      }
    } else if (number != kWhich) {
      fake.send(connection, message);
    } else if (misdeed == Misdeed::corrupts) {
      message.back() = static_cast<char>(message.back() ^ 1);
      fake.send(connection, message);
    } else if (misdeed != Misdeed::drops) {
      fake.send(connection, misdeed == Misdeed::repeats ? message + message : message);
    }
  });
}

TEST_P(MisbehavingServer, OfRequests) {
  for (const Misdeed misdeed : kAll) {
    LoadReport report;
    EXPECT_TRUE(in_long_enough_window([&](double seconds) {
      FakeServer server(misbehaving_echo(misdeed));
      Plan plan = echo_plan(server.port(), 2, 64, 30);
      plan.requests.pipeline = 3;
      pace(plan, seconds);
      report = run_load(plan);
      return report.completed >= kEnough;
    }));
    EXPECT_EQ(report.integrity, expected(misdeed, 2)) << static_cast<int>(misdeed);
    // What is dropped is awaited until the stall timeout, and then by one connection.
    EXPECT_EQ(report.complete(), misdeed != Misdeed::drops);
    EXPECT_EQ(report.errors, (Errors{.timeout = misdeed == Misdeed::drops ? 1U : 0U}));
  }
}

/// Does it to message kWhich of the first publisher, for the first subscriber of its topic. Publishers 0 and
/// 1 have topics of their own; what is misdelivered is a message of the other topic, in an envelope of the
/// right one, as soon as both have sent any.
Tamper misbehaving_pubsub(Misdeed misdeed) {
  return [misdeed, held = std::string(), seen = std::map<std::string, std::string>(),
          done = false](const Delivery& delivery) mutable -> std::string {
    const auto sequence = static_cast<int>(delivery.stamp.sequence);
    if (delivery.subscriber != 0) return push(delivery);
    seen[delivery.topic] = delivery.payload;
    if (misdeed == Misdeed::misdelivers && !done && seen.size() == 2) {
      done = true;
      const auto& other = seen[delivery.topic == "topic-0" ? "topic-1" : "topic-0"];
      return push(delivery.topic, other) + push(delivery);
    }
    if (delivery.topic != "topic-0") return push(delivery);
    if (misdeed == Misdeed::swaps && sequence == kWhich + 1) return push(delivery) + held;
    if (sequence != kWhich) return push(delivery);
    Delivery damaged = delivery;
    damaged.payload.back() = static_cast<char>(damaged.payload.back() ^ 1);
    switch (misdeed) {
      case Misdeed::none:
      case Misdeed::misdelivers:
        return push(delivery);
      case Misdeed::corrupts:
        return push(damaged);
      case Misdeed::drops:
        return "";
      case Misdeed::repeats:
        return push(delivery) + push(delivery);
      case Misdeed::swaps:
        held = push(delivery);
        return "";
    }
    return "";
  };
}

TEST_P(MisbehavingServer, OfPublications) {
  for (const Misdeed misdeed : kAll) {
    for (const std::uint32_t threads : {1U, 2U}) {
      LoadReport report;
      EXPECT_TRUE(in_long_enough_window([&](double seconds) {
        FakeServer server(publish_subscribe(misbehaving_pubsub(misdeed)));
        Plan plan = pubsub_plan(server, 2, 4, 2);
        plan.threads = threads;
        pace(plan, seconds);
        report = run_load(plan);
        return report.completed >= kEnough;
      }));
      EXPECT_EQ(report.failure, std::nullopt);
      EXPECT_EQ(report.integrity, expected(misdeed, 1)) << static_cast<int>(misdeed);
      const bool one_lacks = misdeed == Misdeed::corrupts || misdeed == Misdeed::drops;
      EXPECT_EQ(report.deliveries, report.completed * 2 - (one_lacks ? 1 : 0));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Loops, MisbehavingServer, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "OpenLoop" : "ClosedLoop"; });

}  // namespace
}  // namespace threadmill::load
