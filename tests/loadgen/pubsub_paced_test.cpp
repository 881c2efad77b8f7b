#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
#include <thread>

#include "loadgen/run.h"
#include "os/clock.h"
#include "tests/loadgen/fake_pubsub.h"
#include "tests/loadgen/long_enough_window.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

std::string deliver(const Delivery& delivery) { return push(delivery); }

/// `per_s` publications a second of all publishers together, for `seconds`.
Plan open_plan(const FakeServer& server, std::uint32_t publishers, std::uint32_t subscribers, double per_s,
               double seconds) {
  Plan plan = pubsub_plan(server, publishers, subscribers, 1);
  plan.arrivals.process = ArrivalProcess::constant;
  plan.arrivals.rate = Rate(per_s);
  plan.stop = {.messages = std::nullopt, .duration_s = seconds, .warmup_s = 0};
  return plan;
}

TEST(PubsubOpenLoop, EveryPublicationThatIsDueArrivesOrIsCountedAsUnsent) {
  for (const auto process : {ArrivalProcess::constant, ArrivalProcess::poisson}) {
    for (const std::uint32_t threads : {1U, 2U, 5U}) {  // some without a publisher
      EXPECT_TRUE(in_long_enough_window([&](double seconds) {
        FakeServer server(publish_subscribe(deliver));
        Plan plan = open_plan(server, 3, 4, 500, seconds);
        plan.arrivals.process = process;
        plan.threads = threads;
        plan.stop.warmup_s = 0.05;
        const LoadReport report = run_load(plan);
        EXPECT_EQ(report.failure, std::nullopt);
        EXPECT_EQ(report.service_time.count(), report.completed);
        EXPECT_EQ(report.paced.value().slip.count(), report.completed);
        EXPECT_EQ(report.paced.value().send_delay.count(), report.completed);
        EXPECT_EQ(report.paced.value().response_time.count(), report.completed + report.unsent);
        EXPECT_EQ(report.deliveries, report.completed * 4);
        EXPECT_EQ(report.delivery.value().from_send.count(), report.deliveries);
        EXPECT_EQ(report.delivery.value().from_due.count(), report.deliveries);
        EXPECT_GE(report.delivery.value().from_due.max(), report.delivery.value().from_send.max());
        EXPECT_EQ(report.integrity, Integrity{});
        if (process == ArrivalProcess::constant) {
          const auto due = static_cast<std::uint64_t>(std::llround(500 * seconds));
          EXPECT_LE(report.completed + report.unsent, due) << "the parts make the rate";
        }
        return report.completed > 0;
      }));
    }
  }
}

TEST(PubsubOpenLoop, PublishersTakeTurns) {
  std::vector<std::uint32_t> order;
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    order.clear();
    FakeServer server(publish_subscribe([&order](const Delivery& delivery) {
      order.push_back(delivery.stamp.publisher);
      return push(delivery);
    }));
    // A window that is never full: each has had a free place all the time, and the turn goes round.
    Plan plan = open_plan(server, 3, 1, 300, seconds);
    plan.pubsub.window = 10'000;
    EXPECT_EQ(run_load(plan).integrity, Integrity{});
    return order.size() >= 6;
  }));
  // Who reads three connections sees them in any order, but each had its turn.
  const auto of = [&](std::uint32_t publisher) { return std::count(order.begin(), order.end(), publisher); };
  EXPECT_LE(std::abs(of(0) - of(1)), 1);
  EXPECT_LE(std::abs(of(1) - of(2)), 1);
}

// A thread for each publisher, and more: each publisher has a third of the rate, to the nanosecond.
TEST(PubsubOpenLoop, ThreadsWithoutAPublisherTakeNoPartOfTheRate) {
  std::map<std::uint32_t, std::vector<std::int64_t>> due_ns;
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    due_ns.clear();
    FakeServer server(publish_subscribe([&due_ns](const Delivery& delivery) {
      due_ns[delivery.stamp.publisher].push_back(delivery.stamp.intended_ns);
      return push(delivery);
    }));
    Plan plan = open_plan(server, 3, 1, 500, seconds);
    plan.threads = 4;
    run_load(plan);
    return due_ns[0].size() >= 2 && due_ns[1].size() >= 2 && due_ns[2].size() >= 2;
  }));
  EXPECT_EQ(due_ns.size(), 3U);
  for (const auto& [publisher, times] : due_ns) {
    ASSERT_GE(times.size(), 2U);
    EXPECT_EQ(times[1] - times[0], 6'000'000) << publisher;
  }
}

TEST(PubsubOpenLoop, WhatAMessageCarriesIsWhenItWasDueAndWhenItWasSent) {
  std::vector<Stamp> stamps;
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    stamps.clear();
    FakeServer server(publish_subscribe([&stamps](const Delivery& delivery) {
      EXPECT_EQ(check_payload(delivery.payload), delivery.stamp);
      stamps.push_back(delivery.stamp);
      return push(delivery);
    }));
    run_load(open_plan(server, 1, 1, 1000, seconds / 2));
    return stamps.size() >= 2;
  }));
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    EXPECT_GE(stamps[i].sent_ns, stamps[i].intended_ns);
    EXPECT_EQ(stamps[i].intended_ns - stamps[0].intended_ns, static_cast<std::int64_t>(i) * 1'000'000);
  }
}

// As for echo: about 150 of 400 publications fall due while the server stands still. The first half of them
// waits for at least half of the stall, however late the others leave; as long as these leave at all.
TEST(PubsubOpenLoop, ResponseTimeSeesAStallAndServiceTimeDoesNot) {
  LoadReport report;
  std::int64_t stall_ns = 0;
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    const double window_s = seconds * 2;
    stall_ns = std::llround(window_s * 1e9 * 3 / 8);
    FakeServer server(publish_subscribe([&](const Delivery& delivery) {
      if (delivery.stamp.sequence == 20) std::this_thread::sleep_for(std::chrono::nanoseconds(stall_ns));
      return push(delivery);
    }));
    Plan plan = open_plan(server, 1, 1, 400 / window_s, window_s);
    plan.pubsub.window = 1;
    plan.stall_timeout_s = 60;
    report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt);
    return report.completed >= 100;
  }));
  EXPECT_GE(report.service_time.max(), stall_ns);
  const std::int64_t half = stall_ns / 2 - 5'000'000;
  for (const Histogram* sees :
       {&report.paced->response_time, &report.paced->slip, &report.delivery->from_due}) {
    EXPECT_GE(sees->value_at_percentile(85), half);
  }
  const std::int64_t response = report.paced->response_time.value_at_percentile(85);
  EXPECT_LT(report.service_time.value_at_percentile(85), response);
  EXPECT_LT(report.delivery->from_send.value_at_percentile(85), response);
}

TEST(PubsubOpenLoop, WhatFindsNoPlaceInAnyWindowIsUnsent) {
  // Subscriptions are confirmed, and then nothing is answered any more.
  auto speak = publish_subscribe(deliver);
  FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
    if (bytes.find("SUBSCRIBE") != std::string_view::npos) speak(fake, connection, bytes);
  });
  Plan plan = open_plan(server, 2, 1, 500, 0.2);
  plan.pubsub.window = 3;
  plan.stall_timeout_s = 0.2;
  const LoadReport report = run_load(plan);
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("stalled"));
  EXPECT_EQ(report.completed, 0U);
  EXPECT_EQ(report.integrity, (Integrity{.lost = 6})) << "those that were sent";
  EXPECT_GT(report.unsent, 0U);
  EXPECT_LE(report.unsent, 94U);
  EXPECT_EQ(report.paced->response_time.count(), report.unsent);
}

TEST(PubsubOpenLoop, ARunThatFailsStillEnds) {
  auto speak = publish_subscribe(deliver);
  FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
    speak(fake, connection, bytes);
    if (bytes.find("PUBLISH") != std::string_view::npos) fake.close(connection);
  });
  const LoadReport report = run_load(open_plan(server, 2, 2, 500, 30));
  ASSERT_TRUE(report.failure);
}

TEST(PubsubClosedLoop, WithTimeToThinkHasDueTimes) {
  for (const std::uint32_t threads : {1U, 2U}) {
    FakeServer server(publish_subscribe(deliver));
    Plan plan = pubsub_plan(server, 2, 3, 1);
    plan.threads = threads;
    plan.arrivals.think_ns = 100'000;
    plan.pubsub.window = 2;
    const LoadReport report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt);
    EXPECT_EQ(report.completed, 40U);
    EXPECT_EQ(report.deliveries, 120U);
    ASSERT_TRUE(report.paced);
    EXPECT_EQ(report.paced->response_time.count(), 40U);
    EXPECT_EQ(report.paced->slip.count(), 40U);
    EXPECT_EQ(report.delivery->from_due.count(), 120U);
    EXPECT_GE(report.window.end_ns - report.window.start_ns, 9 * 100'000)
        << "two places, 20 messages, of the first only the rest of a thought";
    EXPECT_EQ(report.unsent, 0U);
  }
}

TEST(PubsubClosedLoop, ThinkingEndsWithTheTime) {
  FakeServer server(publish_subscribe(deliver));
  Plan plan = pubsub_plan(server, 2, 2, 1);
  plan.arrivals.think_ns = 60'000'000'000'000;  // nobody ever gets to say anything
  plan.stop = {.messages = std::nullopt, .duration_s = 0.1, .warmup_s = 0.05};
  plan.stall_timeout_s = 0.01;  // which is no stall: nothing is awaited
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.completed, 0U);
}

// The server does not read for a while, and the messages are more than any socket takes at once: those that
// the socket did not take are sent, and stamped, later.
TEST(PubsubClosedLoop, AMessageIsSentWhenTheSocketTakesItsFirstByte) {
  std::atomic<bool> slept{false};
  std::vector<Stamp> stamps;
  std::int64_t woke_ns = 0;
  for (const bool paced : {false, true}) {
    slept = false;
    stamps.clear();
    auto speak = publish_subscribe([&stamps](const Delivery& delivery) {
      stamps.push_back(delivery.stamp);
      return push(delivery);
    });
    FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
      if (bytes.find("PUBLISH") != std::string_view::npos && !slept.exchange(true)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        woke_ns = os::monotonic_ns();
      }
      speak(fake, connection, bytes);
    });
    Plan plan = pubsub_plan(server, 1, 1, 1);
    plan.message_bytes = 1'000'000;
    plan.pubsub.window = 20;
    plan.arrivals.think_ns = paced ? 1000 : 0;
    const LoadReport report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt);
    EXPECT_EQ(report.integrity, Integrity{});
    ASSERT_EQ(stamps.size(), 20U);
    EXPECT_LT(stamps.front().sent_ns, woke_ns);
    EXPECT_GT(stamps.back().sent_ns, woke_ns) << "20 MB do not fit into a socket";
    EXPECT_EQ(report.completed, 20U);
  }
}

}  // namespace
}  // namespace threadmill::load
