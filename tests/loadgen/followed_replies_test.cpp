// What followed publishers and subscribers are told by a server that does not keep to what is agreed, or that
// cannot serve now.

#include <gmock/gmock.h>

#include <mutex>
#include <set>

#include "loadgen/run.h"
#include "tests/loadgen/fake_broker.h"
#include "tests/loadgen/fake_pubsub.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

FakeServer::Handler keeping() {
  return publish_subscribe([](const Delivery& delivery) { return push(delivery); });
}

/// Of a shorter run.
Plan brief_plan(const FakeServer& server) {
  Plan plan = followed_plan(server);
  plan.arrivals.rate = Rate(100);
  plan.stop.duration_s = 0.4;
  return plan;
}

std::string failure_of(FakeServer::Handler handler) {
  FakeServer server(std::move(handler));
  return run_load(brief_plan(server)).failure.value_or("none");
}

TEST(FollowedReplies, ToNothingThatWasSentEndTheRun) {
  std::string replies;  // more than there are messages, of which some may be due at once
  for (int i = 0; i < 100; ++i) replies += ":2\r\n";
  EXPECT_THAT(failure_of(failing_once(keeping(), 3, replies, false)),
              HasSubstr("does not speak RESP2 to a publisher: a reply to nothing that was sent"));
}

TEST(FollowedReplies, ThatAreNotTheProtocolEndTheRun) {
  EXPECT_THAT(failure_of(failing_once(keeping(), 3, "$what\r\n", false)),
              HasSubstr("does not speak RESP2 to a publisher"));
}

TEST(FollowedReplies, PushesThatAreNotTheProtocolEndTheRun) {
  EXPECT_THAT(failure_of(publish_subscribe([](const Delivery& delivery) {
                return delivery.stamp.sequence == 3 ? "$what\r\n" : push(delivery);
              })),
              HasSubstr("does not speak RESP2 to a subscriber"));
}

/// Its payload with another stamp.
std::string stamped(const Delivery& delivery, std::uint64_t sequence, std::int64_t sent_ns) {
  Stamp stamp = delivery.stamp;
  stamp.sequence = sequence;
  stamp.sent_ns = sent_ns;
  std::string payload = delivery.payload;
  stamp_payload(payload, stamp);
  return push(delivery.topic, payload);
}

TEST(FollowedReplies, MessagesThatAreDamagedOrOfNobodyAreCountedAndThoseOfEarlierRunsPassedOver) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) {
    if (delivery.stamp.publisher != 0 || delivery.subscriber != 0) return push(delivery);
    constexpr std::uint64_t kNeverSent = 1'000'000;
    std::string damaged = delivery.payload;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    switch (delivery.stamp.sequence) {
      case 1:
        return push(delivery) + push(delivery.topic, damaged);
      case 2:
        return push(delivery) + push("elsewhere", delivery.payload);
      case 3:
        return push(delivery) + stamped(delivery, kNeverSent, delivery.stamp.sent_ns);
      case 4:
        return push(delivery) + stamped(delivery, kNeverSent, 1);
      default:
        return push(delivery);
    }
  }));
  const LoadReport report = run_load(brief_plan(server));
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1, .misdelivered = 2}));
  EXPECT_EQ(report.continuity->lost + report.continuity->repeated, 0U);
}

TEST(FollowedReplies, ASubscriberThatIsRefusedInMidRunComesBack) {
  FakeServer server(publish_subscribe([](const Delivery& delivery) {
    const bool refuses =
        delivery.stamp.publisher == 0 && delivery.stamp.sequence == 3 && delivery.subscriber == 0;
    return push(delivery) + (refuses ? "-ERR going away\r\n" : "");
  }));
  const LoadReport report = run_load(brief_plan(server));
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.losses->connections, 1U);
  EXPECT_EQ(report.losses->returned, 1U);
}

/// Loses the first subscriber at the fourth publication, and refuses its first attempt to subscribe again.
FakeServer::Handler loading_after_a_loss() {
  struct State {
    int subscriptions = 0;
    int publications = 0;
    int first_subscriber = -1;
  };
  return
      [kept = keeping(), state = State{}](FakeServer& fake, int connection, std::string_view bytes) mutable {
        if (bytes.find("SUBSCRIBE") != std::string_view::npos) {
          const int number = state.subscriptions++;
          if (number == 0) state.first_subscriber = connection;
          if (number == 2) return fake.send(connection, "-LOADING not yet\r\n");
        } else if (state.publications++ == 3) {
          fake.close(state.first_subscriber);
        }
        kept(fake, connection, bytes);
      };
}

TEST(FollowedReplies, AServerThatIsBackAndNotReadyIsAskedAgain) {
  FakeServer server(loading_after_a_loss());
  const LoadReport report = run_load(brief_plan(server));
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.errors, Errors{});
  EXPECT_EQ(report.losses->clients, 1U);
  EXPECT_EQ(report.losses->returned, 1U);
}

TEST(FollowedReplies, AFirstSubscriptionThatIsRefusedIsAnErrorOfTheServer) {
  FakeServer server([](FakeServer& fake, int connection, std::string_view) {
    fake.send(connection, "-ERR no such command\r\n");
  });
  const LoadReport report = run_load(brief_plan(server));
  EXPECT_THAT(report.failure.value_or("none"), HasSubstr("no such command"));
  EXPECT_EQ(report.errors.server, 2U);
}

TEST(FollowedReplies, WhoeverIsAskedWhetherItIsThereSaysSo) {
  std::mutex mutex;
  std::set<int> answered;
  const auto broker =
      nats_server([](const Delivered& delivered) { return "PING\r\n" + nats_message(delivered); });
  {
    FakeServer server([&](FakeServer& fake, int connection, std::string_view bytes) {
      if (bytes.find("PONG") != std::string_view::npos) {
        const std::lock_guard lock(mutex);
        answered.insert(connection);
      }
      if (bytes.starts_with("PUB ")) fake.send(connection, "PING\r\n");
      broker(fake, connection, bytes);
    });
    Plan plan = brief_plan(server);
    plan.pubsub.protocol = PubsubWire::nats;
    plan.pubsub.publishers = 1;
    EXPECT_EQ(run_load(plan).failure, std::nullopt);
  }
  EXPECT_EQ(answered.size(), 3U) << "the publisher and both subscribers";
}

}  // namespace
}  // namespace threadmill::load
