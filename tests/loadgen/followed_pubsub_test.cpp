// Publishers and subscribers of a server that loses connections and messages.

#include <gmock/gmock.h>

#include <set>

#include "loadgen/run.h"
#include "tests/loadgen/fake_pubsub.h"

namespace threadmill::load {
namespace {

Plan followed_plan(const FakeServer& server) {
  Plan plan = pubsub_plan(server, 2, 2, 1);
  plan.pubsub.window = 1;
  plan.lost_clients_return = true;
  plan.stop = {.messages = std::nullopt, .duration_s = 2, .warmup_s = 0};
  plan.arrivals.process = ArrivalProcess::constant;
  plan.arrivals.rate = Rate(20);
  plan.stall_timeout_s = 0.2;
  return plan;
}

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

/// What `server` does, but that the publication number `victim` (from 0, whoever publishes) is answered with
/// `answer`, and its connection then closed where that is empty.
FakeServer::Handler failing_once(FakeServer::Handler server, int victim, std::string answer) {
  return [=, count = 0](FakeServer& fake, int connection, std::string_view bytes) mutable {
    const bool publishes = bytes.find("PUBLISH") != std::string_view::npos;
    if (!publishes || count++ != victim) return server(fake, connection, bytes);
    if (answer.empty()) return fake.close(connection);
    fake.send(connection, answer);
  };
}

TEST(FollowedPubsub, ReceivesEverythingOfAServerThatKeepsItsWord) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) { return push(delivery); }));
  const auto counts = followed(followed_plan(server));
  EXPECT_EQ(counts.attempts, counts.published);
  EXPECT_EQ(counts.lost + counts.repeated + counts.reordered + counts.refused, 0U);
  EXPECT_GT(counts.longest_unconfirmed_ns, 0);
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
  FakeServer closing(failing_once(kept, 7, ""));
  const LoadReport report = run_load(followed_plan(closing));
  EXPECT_EQ(report.failure, std::nullopt);
  expect_all_sent(report);
  EXPECT_EQ(report.continuity->attempts, report.continuity->published + 1);
  EXPECT_EQ(report.continuity->lost, 0U);
  EXPECT_EQ(report.losses->connections, 1U);
  EXPECT_EQ(report.losses->returned, 1U);

  FakeServer refusing(failing_once(kept, 7, "-ERR the disk is full\r\n"));
  const auto counts = followed(followed_plan(refusing));
  EXPECT_EQ(counts.refused, 1U);
  EXPECT_GT(counts.first_refusal_ns, 0);
  EXPECT_EQ(counts.attempts, counts.published + 1);
}

TEST(FollowedPubsub, TheFirstRefusalAndTheFirstLossAreThoseOfTheWindow) {
  const auto kept = publish_subscribe([](const Delivery& delivery) { return push(delivery); });
  const auto refusing = failing_once(kept, 0, "-ERR not now\r\n");
  FakeServer server(failing_once(refusing, 1, ""));
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
  EXPECT_GE(counts.longest_silence_ns, 50'000'000);
}

}  // namespace
}  // namespace threadmill::load
