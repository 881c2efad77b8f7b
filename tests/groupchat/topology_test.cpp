#include "groupchat/topology.h"

#include <gtest/gtest.h>

#include <map>

namespace threadmill::groupchat {
namespace {

std::map<std::string, std::variant<std::string, std::int64_t>> by_name(
    const std::vector<QueueArgument>& arguments) {
  std::map<std::string, std::variant<std::string, std::int64_t>> named;
  for (const auto& [name, value] : arguments) named[name] = value;
  return named;
}

TEST(Topology, EachKindHasItsExchangeAndEachUserAnInboxOfEach) {
  EXPECT_EQ(exchange_of(Kind::text), "threadmill.chat.text");
  EXPECT_EQ(exchange_of(Kind::receipt), "threadmill.chat.receipt");
  EXPECT_EQ(inbox_of("ana", Kind::text), "threadmill.chat.ana.text");
  EXPECT_EQ(inbox_of("ana", Kind::receipt), "threadmill.chat.ana.receipt");
}

TEST(Topology, AUserAndAGroupOfOneNameAreNotMistaken) {
  EXPECT_EQ(key_of(text_to_user("ana", "bia", "x")), key_of_user("bia"));
  EXPECT_EQ(key_of(text_to_group("ana", "bia", "x")), key_of_group("bia"));
  EXPECT_NE(key_of_user("bia"), key_of_group("bia"));
}

TEST(Topology, AnInboxIsAQuorumQueueWithBoundsAndDeadLetters) {
  auto arguments = by_name(inbox_arguments({.redeliveries = 3, .inbox_messages = 10}));
  using Value = std::variant<std::string, std::int64_t>;
  EXPECT_EQ(arguments["x-queue-type"], Value("quorum"));
  EXPECT_EQ(arguments["x-delivery-limit"], Value(std::int64_t{3}));
  EXPECT_EQ(arguments["x-max-length"], Value(std::int64_t{10}));
  EXPECT_EQ(arguments["x-overflow"], Value("reject-publish"));  // and not the oldest one lost
  EXPECT_EQ(arguments["x-dead-letter-exchange"], Value(std::string(kDeadLetters)));
  EXPECT_EQ(arguments["x-dead-letter-strategy"], Value("at-least-once"));
}

TEST(Topology, DeadLettersHaveNoDeadLettersOfTheirOwn) {
  const auto arguments = by_name(dead_queue_arguments({}));
  EXPECT_TRUE(arguments.contains("x-max-length"));
  EXPECT_FALSE(arguments.contains("x-dead-letter-exchange"));
}

}  // namespace
}  // namespace threadmill::groupchat
