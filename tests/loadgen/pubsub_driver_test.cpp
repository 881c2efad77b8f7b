#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "loadgen/payload.h"
#include "loadgen/run.h"
#include "tests/loadgen/fake_pubsub.h"
#include "tests/loadgen/long_enough_window.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

/// 1 publisher, 2 subscribers, 20 messages, window 4.
LoadReport run_one_topic(Tamper tamper) {
  FakeServer server(publish_subscribe(std::move(tamper)));
  return run_load(pubsub_plan(server, 1, 2, 1));
}

bool is(const Delivery& delivery, std::size_t subscriber, std::uint64_t sequence) {
  return delivery.subscriber == subscriber && delivery.stamp.sequence == sequence;
}

TEST(PubsubDriver, EverySubscriberReceivesEveryMessage) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) { return push(delivery); }));
  for (const std::uint32_t threads : {1U, 2U, 3U}) {
    Plan plan = pubsub_plan(server, 3, 5, 2);  // topic 0: publishers 0 and 2, 3 subscribers; topic 1: 1 and 2
    plan.threads = threads;
    FakeServer fresh(publish_subscribe([](const Delivery& delivery) { return push(delivery); }));
    plan.target.port = fresh.port();
    const LoadReport report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt);
    EXPECT_EQ(report.established, 8U);
    EXPECT_EQ(report.completed, 60U);
    EXPECT_EQ(report.deliveries, 2U * 20 * 3 + 1U * 20 * 2);
    EXPECT_EQ(report.delivery->from_send.count(), report.deliveries);
    EXPECT_EQ(report.service_time.count(), 60U);
    EXPECT_EQ(report.integrity, Integrity{});
    EXPECT_EQ(report.errors, Errors{});
  }
}

TEST(PubsubDriver, ChecksTheNumberOfReceiversInEachReply) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) { return push(delivery); }, 1));
  const LoadReport report = run_load(pubsub_plan(server, 1, 2, 1));
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 20}));
}

TEST(PubsubDriver, SlowReadersReceiveTopic0TooOrHaveBeenDropped) {
  const auto corrupt = [](std::uint32_t topics, std::int64_t told_too_many) {
    FakeServer server(
        publish_subscribe([](const Delivery& delivery) { return push(delivery); }, told_too_many));
    Plan plan = pubsub_plan(server, topics, 2 * topics, topics);
    plan.bystanders.slow_readers = 3;
    const LoadReport report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt);
    EXPECT_EQ(report.bystanders->counts.slow_readers.established, 3U);
    EXPECT_EQ(report.deliveries, topics * 20U * 2);
    return report.integrity.corrupt;
  };
  EXPECT_EQ(corrupt(1, 0), 0U);
  EXPECT_EQ(corrupt(1, -3), 0U);   // as if they had been dropped
  EXPECT_EQ(corrupt(1, -4), 20U);  // nor the others
  EXPECT_EQ(corrupt(1, 1), 20U);
  EXPECT_EQ(corrupt(2, -1), 20U);  // nobody is missing from topic 1
  EXPECT_EQ(corrupt(2, 1), 40U);   // nor is anybody else there
}

TEST(PubsubDriver, AMessageThatNobodyHasSentIsCorruptAndNoneIsLost) {
  const LoadReport report = run_one_topic([](const Delivery& delivery) {
    if (!is(delivery, 1, 19)) return push(delivery);
    std::string forged = delivery.payload;
    Stamp stamp = delivery.stamp;
    stamp.sequence = 20;
    stamp_payload(forged, stamp);
    return push(delivery) + push(delivery.topic, forged);
  });
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1}));
}

TEST(PubsubDriver, ByTimeWithAWarmUpNothingIsLeftOver) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) { return push(delivery); }));
  Plan plan = pubsub_plan(server, 2, 3, 1);
  plan.threads = 2;
  EXPECT_TRUE(in_long_enough_window([&](double seconds) {
    plan.stop = {.messages = std::nullopt, .duration_s = seconds / 2, .warmup_s = 0.05};
    const LoadReport report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt);
    EXPECT_EQ(report.deliveries, report.completed * 3);
    EXPECT_EQ(report.integrity, Integrity{});
    return report.completed > 0;
  }));
}

TEST(PubsubDriver, MeasuredFromConnectItStillSubscribesFirst) {
  int subscriptions = 0;
  bool published_early = false;
  auto deliver = publish_subscribe([](const Delivery& delivery) { return push(delivery); });
  FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
    if (bytes.find("SUBSCRIBE") != std::string_view::npos && ++subscriptions == 6) {
      // All others are confirmed. Whoever does not wait for this one publishes now.
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      published_early = fake.anything_pending();
    }
    deliver(fake, connection, bytes);
  });
  Plan plan = pubsub_plan(server, 2, 6, 1);
  plan.threads = 2;
  plan.measure_from = MeasureFrom::connect;
  const LoadReport report = run_load(plan);
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.deliveries, 240U);
  EXPECT_FALSE(published_early);
}

TEST(PubsubDriver, CountsALostMessageAndGoesOn) {
  const LoadReport report =
      run_one_topic([](const Delivery& delivery) { return is(delivery, 0, 3) ? "" : push(delivery); });
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.integrity, (Integrity{.lost = 1}));
  EXPECT_EQ(report.deliveries, 39U);
}

TEST(PubsubDriver, AMessageLostAtTheEndIsAStall) {
  FakeServer server(
      publish_subscribe([](const Delivery& delivery) { return is(delivery, 1, 19) ? "" : push(delivery); }));
  Plan plan = pubsub_plan(server, 1, 2, 1);
  plan.stall_timeout_s = 3;  // a server that does not run for a while has not stalled
  const LoadReport report = run_load(plan);
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("stalled"));
  EXPECT_EQ(report.integrity, (Integrity{.lost = 1}));
  EXPECT_EQ(report.errors, (Errors{.timeout = 1}));
}

TEST(PubsubDriver, CountsARepeatedMessage) {
  const LoadReport report = run_one_topic([](const Delivery& delivery) {
    return is(delivery, 1, 3) ? push(delivery) + push(delivery) : push(delivery);
  });
  EXPECT_EQ(report.integrity, (Integrity{.repeated = 1}));
  EXPECT_EQ(report.deliveries, 40U);
}

TEST(PubsubDriver, CountsAReorderedMessage) {
  for (const std::size_t subscriber : {0U, 1U}) {
    std::string held;
    const LoadReport report = run_one_topic([&](const Delivery& delivery) -> std::string {
      if (is(delivery, subscriber, 4)) {
        held = push(delivery);
        return "";
      }
      return is(delivery, subscriber, 5) ? push(delivery) + held : push(delivery);
    });
    EXPECT_EQ(report.integrity, (Integrity{.reordered = 1}));
    EXPECT_EQ(report.deliveries, 40U);
  }
}

TEST(PubsubDriver, CountsACorruptMessageWhereverTheDamageIs) {
  for (const std::size_t subscriber : {0U, 1U}) {
    for (const std::size_t where : {0U, 8U, 12U, 16U, 32U, 63U}) {
      const LoadReport report = run_one_topic([&](Delivery delivery) {
        if (is(delivery, subscriber, 3))
          delivery.payload[where] = static_cast<char>(delivery.payload[where] ^ 64);
        return push(delivery);
      });
      EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1})) << where;
      EXPECT_EQ(report.deliveries, 39U) << where;
    }
  }
}

TEST(PubsubDriver, CountsAMessageOfTheWrongLengthAsCorrupt) {
  const LoadReport report = run_one_topic([](Delivery delivery) {
    if (is(delivery, 0, 3)) delivery.payload.pop_back();
    return push(delivery);
  });
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1}));
}

TEST(PubsubDriver, CountsMessagesOfAnotherTopic) {
  const LoadReport named = run_one_topic([](const Delivery& delivery) {
    return is(delivery, 0, 3) ? push("topic-9", delivery.payload) + push(delivery) : push(delivery);
  });
  EXPECT_EQ(named.integrity, (Integrity{.misdelivered = 1}));

  // Right by its name, but what it carries was published to the other topic.
  std::string other;
  FakeServer server(publish_subscribe([&other](const Delivery& delivery) {
    if (delivery.topic == "topic-1") other = delivery.payload;
    const bool now = delivery.topic == "topic-0" && delivery.stamp.sequence == 15 && !other.empty();
    return now ? push("topic-0", other) + push(delivery) : push(delivery);
  }));
  Plan plan = pubsub_plan(server, 2, 2, 2);
  plan.pubsub.window = 1;
  const LoadReport carried = run_load(plan);
  EXPECT_EQ(carried.integrity, (Integrity{.misdelivered = 1}));
}

TEST(PubsubDriver, SubscribersMaySeePublishersInDifferentOrders) {
  // Subscriber 1 gets message k of publisher 0 only after message k of publisher 1; subscriber 0 as they
  // come.
  std::map<std::uint64_t, std::string> held;
  std::set<std::uint64_t> passed;
  FakeServer server(publish_subscribe([&](const Delivery& delivery) -> std::string {
    const auto sequence = delivery.stamp.sequence;
    if (delivery.subscriber == 0) return push(delivery);
    if (delivery.stamp.publisher == 1) {
      passed.insert(sequence);
      return push(delivery) + held[sequence];
    }
    if (passed.contains(sequence)) return push(delivery);
    held[sequence] = push(delivery);
    return "";
  }));
  const LoadReport report = run_load(pubsub_plan(server, 2, 2, 1));
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_EQ(report.deliveries, 80U);
}

TEST(PubsubDriver, PushesMayComeInAnyPieces) {
  // Every push arrives in two pieces, the second together with the first half of the next one.
  std::map<std::size_t, std::string> tails;
  const LoadReport report = run_one_topic([&](const Delivery& delivery) {
    std::string bytes = tails[delivery.subscriber] + push(delivery);
    const std::size_t cut = delivery.stamp.sequence == 19 || delivery.stamp.sequence % 4 == 3
                                ? bytes.size()
                                : bytes.size() - 1 - delivery.stamp.sequence * 5;
    tails[delivery.subscriber] = bytes.substr(cut);
    return bytes.substr(0, cut);
  });
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.integrity, Integrity{});
  EXPECT_EQ(report.deliveries, 40U);
}

TEST(PubsubDriver, ReportsWhatIsNotResp) {
  const LoadReport report = run_one_topic(
      [](const Delivery& delivery) { return is(delivery, 0, 3) ? "nonsense\r\n" : push(delivery); });
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("RESP2"));
  EXPECT_EQ(report.errors, (Errors{.protocol = 1}));
}

TEST(PubsubDriver, ReportsErrorReplies) {
  FakeServer refuses([](FakeServer& server, int connection, std::string_view) {
    server.send(connection, "-NOAUTH Authentication required.\r\n");
  });
  const LoadReport report = run_load(pubsub_plan(refuses, 1, 2, 1));
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("NOAUTH"));
  EXPECT_EQ(report.errors.server, 2U);
}

TEST(PubsubDriver, ASubscriptionThatIsNeverConfirmedIsATimeout) {
  FakeServer silent([](FakeServer&, int, std::string_view) {});
  Plan plan = pubsub_plan(silent, 1, 2, 1);
  plan.connect_timeout_s = 0.2;
  const LoadReport report = run_load(plan);
  ASSERT_TRUE(report.failure);
  EXPECT_THAT(*report.failure, HasSubstr("2 of 3 connections"));
  EXPECT_THAT(*report.failure, HasSubstr("timeouts.connect_s")) << "the remedy";
  EXPECT_EQ(report.errors, (Errors{.timeout = 2}));
  EXPECT_EQ(report.completed, 0U);
}

TEST(PubsubDriver, ReportsAServerThatDiesInMidRun) {
  for (const std::uint32_t threads : {1U, 2U}) {
    int messages = 0;
    auto deliver = publish_subscribe([&](const Delivery& delivery) {
      ++messages;
      return push(delivery);
    });
    FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
      deliver(fake, connection, bytes);
      for (int i = 0; messages > 20 && i < 4; ++i) fake.close(i);
    });
    Plan plan = pubsub_plan(server, 2, 2, 1);
    plan.threads = threads;
    plan.stop.messages = 1'000'000;
    plan.stall_timeout_s = 60;  // it must not be this that ends it
    const LoadReport report = run_load(plan);
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.errors.closed + report.errors.reset, 4U);
  }
}

}  // namespace
}  // namespace threadmill::load
