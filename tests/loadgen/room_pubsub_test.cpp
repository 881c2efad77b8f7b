// The rooms of our lobby as the generator speaks to them. The servers themselves:
// tests/end_to_end/run_test.cpp.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadgen/pubsub_protocol.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

constexpr const char* kJoined = "*3\r\n+joined\r\n$7\r\ntopic-0\r\n$3\r\nana\r\n";
constexpr const char* kSaid = "*5\r\n+said\r\n$7\r\ntopic-0\r\n$3\r\nana\r\n$1\r\n9\r\n$2\r\nhi\r\n";

TEST(RoomPubsub, EverybodyHasANameOfTheirOwnAndEntersTheRoom) {
  const auto protocol = room_pubsub();
  EXPECT_EQ(protocol->publisher_greeting(3, "topic-0"),
            "*2\r\n$4\r\nNICK\r\n$11\r\npublisher-3\r\n*2\r\n$4\r\nJOIN\r\n$7\r\ntopic-0\r\n");
  EXPECT_THAT(protocol->subscribe_command(3, "topic-1"), HasSubstr("subscriber-3\r\n*2\r\n$4\r\nJOIN"));
}

TEST(RoomPubsub, TheGreetingIsOverWhenBothAreConfirmedWhateverIsToldInBetween) {
  const auto protocol = room_pubsub();
  for (const std::string joined : {"", kJoined}) {
    const std::string whole = joined + "+OK\r\n" + joined + ":2\r\n";
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
      EXPECT_EQ(protocol->read_subscriber_greeting(whole.substr(0, bytes)).status,
                Greeting::Status::incomplete);
    }
    const Greeting greeting = protocol->read_publisher_greeting(whole + kSaid);
    EXPECT_EQ(greeting.status, Greeting::Status::confirmed);
    EXPECT_EQ(greeting.bytes, whole.size());
  }
}

TEST(RoomPubsub, ARefusalTellsWhatWasRefused) {
  const auto protocol = room_pubsub();
  const Greeting taken = protocol->read_publisher_greeting("-ERR taken\r\n");
  EXPECT_EQ(taken.status, Greeting::Status::refused);
  EXPECT_THAT(taken.reason, HasSubstr("NICK with an error: ERR taken"));
  EXPECT_THAT(protocol->read_publisher_greeting("+OK\r\n-ERR full\r\n").reason,
              HasSubstr("JOIN with an error"));
  EXPECT_EQ(protocol->read_subscriber_greeting(":1\r\n").status, Greeting::Status::malformed);
  EXPECT_EQ(protocol->read_subscriber_greeting("HTTP/1.1 400\r\n").status, Greeting::Status::malformed);
}

TEST(RoomPubsub, APublisherPassesOverWhatOthersSay) {
  const auto protocol = room_pubsub();
  std::vector<Answer> answers;
  const std::string bytes = std::string(kSaid) + ":4\r\n" + kJoined + ":4\r\n-ERR no\r\n" + kSaid;
  EXPECT_EQ(protocol->read_answers(bytes + "*5\r\n+sa", answers), bytes.size());
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].kind, Answer::Kind::taken);
  EXPECT_EQ(answers[0].receivers, 4);
  EXPECT_EQ(answers[1].kind, Answer::Kind::taken);
  EXPECT_EQ(answers[2].kind, Answer::Kind::refused);
  answers.clear();
  EXPECT_EQ(protocol->read_answers("+OK\r\n:1\r\n", answers), 0U);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].kind, Answer::Kind::malformed);
}

TEST(RoomPubsub, ASubscriberReceivesWhatIsSaidAndPassesOverWhoComes) {
  const auto protocol = room_pubsub();
  Push push;
  protocol->read_push(std::string(kSaid) + kSaid, 100, push);
  EXPECT_EQ(push.kind, Push::Kind::message);
  EXPECT_EQ(push.bytes, std::string_view(kSaid).size());
  EXPECT_EQ(push.topic, "topic-0");
  EXPECT_EQ(push.payload, "hi");
  protocol->read_push(kJoined, 100, push);
  EXPECT_EQ(push.kind, Push::Kind::nothing);
  protocol->read_push(std::string_view(kSaid).substr(0, 20), 100, push);
  EXPECT_EQ(push.kind, Push::Kind::incomplete);
  protocol->read_push("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n", 100, push);
  EXPECT_EQ(push.kind, Push::Kind::malformed) << "of a topic, not of a room";
  const std::string history =
      "*2\r\n*3\r\n$1\r\n1\r\n$3\r\nana\r\n$2\r\nhi\r\n*3\r\n$1\r\n2\r\n$3\r\nbia\r\n$2\r\nho\r\n";
  protocol->read_push(history, 64, push);
  EXPECT_EQ(push.kind, Push::Kind::kept);
  EXPECT_EQ(push.payloads, (std::vector<std::string>{"hi", "ho"}));
  EXPECT_EQ(push.bytes, history.size());
}

nlohmann::json rooms_plan(std::uint32_t message_bytes) {
  return {{"target", {{"address", "127.0.0.1"}, {"port", 1}}},
          {"driver", "pubsub"},
          {"protocol", "rooms"},
          {"publishers", 1},
          {"subscribers", 1},
          {"message_bytes", message_bytes},
          {"stop", {{"messages", 1}}}};
}

TEST(RoomPubsub, PayloadsAreTextsThatARoomTakes) {
  EXPECT_EQ(parse_plan(rooms_plan(4096)).pubsub.protocol, PubsubWire::rooms);
  EXPECT_EQ(parse_plan(to_json(parse_plan(rooms_plan(54)))).pubsub.protocol, PubsubWire::rooms);
  EXPECT_THROW(parse_plan(rooms_plan(4097)), PlanError);
  EXPECT_THROW(parse_plan(rooms_plan(53)), PlanError);
}

}  // namespace
}  // namespace threadmill::load
