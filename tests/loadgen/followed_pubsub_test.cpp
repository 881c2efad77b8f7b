// Publishers and subscribers of a server that loses connections and messages.

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "loadgen/run.h"
#include "os/clock.h"
#include "tests/loadgen/fake_pubsub.h"

namespace threadmill::load {
namespace {

/// What was due is published and confirmed, but for what found no time before the deadline.
void expect_all_sent(const LoadReport& report) {
  EXPECT_EQ(report.continuity->published + report.unsent, 40U);
  EXPECT_GT(report.continuity->published, 15U);
  EXPECT_EQ(report.continuity->confirmed, report.continuity->published);
}

Continuity followed(const Plan& plan) {
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_EQ(load_report_from_json(to_json(report)), report);
  EXPECT_TRUE(report.continuity);
  expect_all_sent(report);
  return report.continuity.value_or(Continuity{});
}

TEST(FollowedPubsub, ReceivesEverythingOfAServerThatKeepsItsWord) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) { return push(delivery); }));
  const auto counts = followed(followed_plan(server));
  EXPECT_EQ(counts.attempts, counts.published);
  EXPECT_EQ(counts.lost + counts.repeated + counts.reordered + counts.refused, 0U);
}

// It stands still until long after the deadline: of that, the window's part is told.
TEST(FollowedPubsub, AnOutageThatOutlastsTheWindowCountsToItsEnd) {
  const auto kept = publish_subscribe([](const Delivery& delivery) { return push(delivery); });
  FakeServer server([kept, count = 0](FakeServer& fake, int connection, std::string_view bytes) mutable {
    if (bytes.find("PUBLISH") != std::string_view::npos && count++ == 4)
      std::this_thread::sleep_for(std::chrono::seconds(4));
    kept(fake, connection, bytes);
  });
  Plan plan = followed_plan(server);
  plan.stall_timeout_s = 10;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.continuity->lost, 0U);
  for (const auto time_ns :
       {report.continuity->longest_unconfirmed_ns, report.continuity->longest_silence_ns}) {
    EXPECT_GT(time_ns, 1'000'000'000);
    EXPECT_LE(time_ns, 2'000'000'000);
  }
}

TEST(FollowedPubsub, TimesEachMessageAndEachReception) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) { return push(delivery); }));
  Plan plan = followed_plan(server);
  plan.stop.duration_s = 0.3;
  plan.arrivals.rate = Rate(100);
  const LoadReport report = run_load(plan);
  const auto published = report.continuity->published;
  EXPECT_EQ(report.completed, published);
  EXPECT_EQ(report.service_time.count(), published);
  EXPECT_EQ(report.paced->slip.count(), published);
  EXPECT_EQ(report.paced->response_time.count(), published + report.unsent);
  EXPECT_EQ(report.deliveries, published * 2);
  EXPECT_EQ(report.delivery->from_send.count(), published * 2);
  EXPECT_EQ(report.delivery->from_due.count(), published * 2);
}

TEST(FollowedPubsub, InAClosedLoopAnAnswerMakesTheNextMessageDue) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) { return push(delivery); }));
  Plan plan = followed_plan(server);
  plan.stop.duration_s = 0.3;
  plan.arrivals.process = ArrivalProcess::closed;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_GT(report.continuity->published, 10U);
  EXPECT_EQ(report.continuity->confirmed, report.continuity->published);
  EXPECT_EQ(report.continuity->lost, 0U);
}

TEST(FollowedPubsub, OfAServerThatAnswersNothingAllIsUnconfirmedOrUnsent) {
  const auto kept = publish_subscribe([](const Delivery& delivery) { return push(delivery); });
  FakeServer server([kept](FakeServer& fake, int connection, std::string_view bytes) {
    if (bytes.find("PUBLISH") == std::string_view::npos) kept(fake, connection, bytes);
  });
  Plan plan = followed_plan(server);
  plan.stop.duration_s = 0.5;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.continuity->published, 2U) << "each publisher waits";
  EXPECT_EQ(report.continuity->confirmed, 0U);
  EXPECT_EQ(report.continuity->lost, 0U) << "nothing was promised";
  EXPECT_EQ(report.unsent, 8U);
  EXPECT_GT(report.continuity->longest_unconfirmed_ns, 400'000'000);
  EXPECT_GT(report.continuity->longest_silence_ns, 400'000'000);
}

TEST(FollowedPubsub, WhatIsRefusedIsTriedUntilItIsTaken) {
  const auto kept = publish_subscribe([](const Delivery& delivery) { return push(delivery); });
  std::atomic<std::int64_t> last_refusal_ns = 0;
  FakeServer server(
      [kept, &last_refusal_ns, count = 0](FakeServer& fake, int connection, std::string_view bytes) mutable {
        const bool publishes = bytes.find("PUBLISH") != std::string_view::npos;
        const int number = publishes ? count++ : 0;
        if (number < 10 || number >= 40) return kept(fake, connection, bytes);
        last_refusal_ns = os::monotonic_ns();
        fake.send(connection, "-ERR the disk is full\r\n");
      });
  const auto counts = followed(followed_plan(server));
  EXPECT_EQ(counts.refused, 30U);
  EXPECT_EQ(counts.attempts, counts.published + 30);
  EXPECT_GT(counts.first_refusal_ns, 0);
  EXPECT_LT(counts.first_refusal_ns, last_refusal_ns);
  EXPECT_GE(counts.longest_unconfirmed_ns, 140'000'000) << "each publisher tries again after 10 ms";
  EXPECT_GE(counts.longest_silence_ns, 140'000'000);
}

TEST(FollowedPubsub, CountsWhatIsLostRepeatedAndLate) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) -> std::string {
    if (delivery.stamp.publisher != 0 || delivery.subscriber != 0) return push(delivery);
    static thread_local std::string held;
    if (delivery.stamp.sequence == 1) return {};
    if (delivery.stamp.sequence == 3) return push(delivery) + push(delivery);
    if (delivery.stamp.sequence == 5) {
      held = push(delivery);
      return {};
    }
    return delivery.stamp.sequence == 6 ? push(delivery) + held : push(delivery);
  }));
  const auto counts = followed(followed_plan(server));
  EXPECT_EQ(counts.lost, 1U);
  EXPECT_EQ(counts.repeated, 1U);
  EXPECT_EQ(counts.reordered, 1U);
}

TEST(FollowedPubsub, PublishesAgainWhatWasNotAnsweredFor) {
  const auto kept = publish_subscribe([](const Delivery& delivery) { return push(delivery); });
  FakeServer closing(failing_once(kept, 7, "", true));
  const LoadReport report = run_load(followed_plan(closing));
  EXPECT_EQ(report.failure, std::nullopt);
  expect_all_sent(report);
  EXPECT_EQ(report.continuity->attempts, report.continuity->published + 1);
  EXPECT_EQ(report.continuity->lost, 0U);
  EXPECT_EQ(report.losses->connections, 1U);
  EXPECT_EQ(report.losses->returned, 1U);

  FakeServer refusing(failing_once(kept, 7, "-ERR the disk is full\r\n", false));
  const auto counts = followed(followed_plan(refusing));
  EXPECT_EQ(counts.refused, 1U);
  EXPECT_GT(counts.first_refusal_ns, 0);
  EXPECT_EQ(counts.attempts, counts.published + 1);
}

TEST(FollowedPubsub, TheFirstRefusalAndTheFirstLossAreThoseOfTheWindow) {
  const auto kept = publish_subscribe([](const Delivery& delivery) { return push(delivery); });
  const auto refusing = failing_once(kept, 0, "-ERR not now\r\n", false);
  FakeServer server(failing_once(refusing, 1, "", true));
  Plan plan = followed_plan(server);
  plan.stop.warmup_s = 0.5;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.continuity->refused, 1U);
  EXPECT_EQ(report.continuity->first_refusal_ns, 0);
  EXPECT_EQ(report.losses->connections, 1U);
  EXPECT_EQ(report.losses->first_ns, 0);
}

TEST(FollowedPubsub, LosesWhatNobodyKeepsWhileSubscribersAreAway) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) { return push(delivery); }));
  Plan plan = followed_plan(server);
  plan.absence = {.from_s = 0.5, .for_s = 0.5};
  const auto counts = followed(plan);
  EXPECT_GT(counts.lost, 0U);
  EXPECT_GE(counts.longest_silence_ns, 450'000'000);
}

TEST(FollowedPubsub, SubscribersLeaveInTheWindowAndNotInTheWarmUp) {
  const auto kept = publish_subscribe([](const Delivery& delivery) { return push(delivery); });
  std::atomic<int> subscriptions = 0;
  FakeServer server([kept, &subscriptions](FakeServer& fake, int connection, std::string_view bytes) {
    if (bytes.find("SUBSCRIBE") != std::string_view::npos) ++subscriptions;
    kept(fake, connection, bytes);
  });
  Plan plan = followed_plan(server);
  plan.stop = {.messages = std::nullopt, .duration_s = 0.4, .warmup_s = 0.4};
  plan.absence = {.from_s = 0.1, .for_s = 0.1};
  EXPECT_EQ(run_load(plan).failure, std::nullopt);
  EXPECT_EQ(subscriptions, 4) << "once to begin with, and once on their return";
}

}  // namespace
}  // namespace threadmill::load
