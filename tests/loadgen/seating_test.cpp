#include "loadgen/seating.h"

#include <gtest/gtest.h>

namespace threadmill::load {
namespace {

/// What Seating says of each topic must be what it says of each number.
void expect_consistent(const PubsubLoad& load) {
  const Seating seating(load);
  std::vector<std::uint32_t> publishers(load.topics), subscribers(load.topics);
  for (std::uint32_t i = 0; i < load.publishers; ++i) ++publishers.at(seating.topic_of_publisher(i));
  for (std::uint32_t i = 0; i < load.subscribers; ++i) ++subscribers.at(seating.topic_of_subscriber(i));
  for (std::uint32_t topic = 0; topic < load.topics; ++topic) {
    EXPECT_EQ(seating.publishers_of(topic), publishers[topic]) << topic;
    EXPECT_EQ(seating.subscribers_of(topic), subscribers[topic]) << topic;
  }
}

TEST(Seating, AreDealtInTurn) {
  for (const std::uint32_t topics : {1U, 2U, 3U, 7U}) {
    expect_consistent({.publishers = 8, .subscribers = 17, .topics = topics});
  }
}

TEST(Seating, HaveTheSizesThatThePlanGivesThem) {
  const PubsubLoad load{.publishers = 4, .subscribers = 100, .topics = 3, .room_sizes = {10, 30, 60}};
  expect_consistent(load);
  const Seating seating(load);
  EXPECT_EQ(seating.subscribers_of(0), 10U);
  EXPECT_EQ(seating.subscribers_of(1), 30U);
  EXPECT_EQ(seating.subscribers_of(2), 60U);
  EXPECT_EQ(seating.topic_of_subscriber(9), 0U);
  EXPECT_EQ(seating.topic_of_subscriber(10), 1U);
  EXPECT_EQ(seating.topic_of_subscriber(99), 2U);
}

}  // namespace
}  // namespace threadmill::load
