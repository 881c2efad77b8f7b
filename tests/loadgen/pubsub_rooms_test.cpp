// Rooms of several sizes, and messages of several sizes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "loadgen/message_sizes.h"
#include "loadgen/run.h"
#include "tests/loadgen/fake_pubsub.h"

namespace threadmill::load {
namespace {

Plan sizes_plan(const FakeServer& server, std::uint32_t publishers, std::uint32_t subscribers) {
  Plan plan = pubsub_plan(server, publishers, subscribers, 1);
  plan.pubsub.message_sizes = {{.bytes = 40, .weight = 3}, {.bytes = 100, .weight = 2}, {.bytes = 1000}};
  plan.message_bytes = 1000;
  plan.stop.messages = 50;
  return plan;
}

bool is(const Delivery& delivery, std::size_t subscriber, std::uint64_t sequence) {
  return delivery.subscriber == subscriber && delivery.stamp.sequence == sequence;
}

TEST(PubsubRooms, HaveTheirOwnNumbersOfSubscribers) {
  for (const std::uint32_t threads : {1U, 2U, 5U}) {
    FakeServer server(publish_subscribe([](const Delivery& delivery) { return push(delivery); }));
    Plan plan = pubsub_plan(server, 4, 7, 3);  // two publishers in the first room, one in the others
    plan.pubsub.room_sizes = {1, 4, 2};
    plan.threads = threads;
    const LoadReport report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt);
    EXPECT_EQ(report.completed, 80U);
    EXPECT_EQ(report.deliveries, 20U * (2 * 1 + 4 + 2));
    EXPECT_EQ(report.integrity, Integrity{}) << "replies say how many received it";
  }
}

TEST(PubsubMessageSizes, AreWhatTheSeedSays) {
  for (const std::uint32_t threads : {1U, 2U}) {
    std::set<std::size_t> seen;
    MessageSizes sizes(40);
    FakeServer server(publish_subscribe([&](const Delivery& delivery) {
      EXPECT_EQ(delivery.payload.size(), sizes.bytes_of(delivery.stamp.publisher, delivery.stamp.sequence));
      seen.insert(delivery.payload.size());
      return push(delivery);
    }));
    Plan plan = sizes_plan(server, 3, 4);
    plan.threads = threads;
    sizes = plan.message_sizes();
    const LoadReport report = run_load(plan);
    EXPECT_EQ(report.failure, std::nullopt);
    EXPECT_EQ(report.deliveries, 600U);
    EXPECT_EQ(report.integrity, Integrity{});
    EXPECT_THAT(seen, ::testing::ElementsAre(40, 100, 1000));
  }
}

TEST(PubsubMessageSizes, MayComeInAnyPieces) {
  std::vector<std::string> tails(2);
  FakeServer server(publish_subscribe([&](const Delivery& delivery) {
    std::string bytes = tails[delivery.subscriber] + push(delivery);
    const std::uint64_t sequence = delivery.stamp.sequence;
    // Everything is there when the window of 4 is full, and at the end.
    const std::size_t kept = sequence % 4 == 3 || sequence == 49 ? 0 : 1 + sequence % 30;
    tails[delivery.subscriber] = bytes.substr(bytes.size() - kept);
    return bytes.substr(0, bytes.size() - kept);
  }));
  const LoadReport report = run_load(sizes_plan(server, 1, 2));
  EXPECT_EQ(report.failure, std::nullopt);
  EXPECT_EQ(report.deliveries, 100U);
  EXPECT_EQ(report.integrity, Integrity{});
}

TEST(PubsubMessageSizes, ADamagedMessageOfAnySizeIsCorrupt) {
  for (const std::size_t subscriber : {0U, 1U}) {
    for (std::uint64_t sequence = 0; sequence < 8; ++sequence) {
      FakeServer server(publish_subscribe([&](Delivery delivery) {
        if (is(delivery, subscriber, sequence)) delivery.payload.back() ^= 1;
        return push(delivery);
      }));
      const LoadReport report = run_load(sizes_plan(server, 1, 2));
      EXPECT_EQ(report.failure, std::nullopt);
      EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1})) << sequence;
      EXPECT_EQ(report.deliveries, 99U);
    }
  }
}

TEST(PubsubMessageSizes, AMessageOfAnotherMessagesSizeIsCorrupt) {
  FakeServer server(publish_subscribe([&](Delivery delivery) {
    if (is(delivery, 1, 7)) {  // right in itself, and its length is one that occurs
      delivery.payload.resize(delivery.payload.size() == 40 ? 100 : 40);
      stamp_payload(delivery.payload, delivery.stamp);
    }
    return push(delivery);
  }));
  const LoadReport report = run_load(sizes_plan(server, 1, 2));
  EXPECT_EQ(report.integrity, (Integrity{.corrupt = 1}));
  EXPECT_EQ(report.deliveries, 99U);
}

}  // namespace
}  // namespace threadmill::load
