#include <gtest/gtest.h>

#include "servers/core/lobby.h"
#include "servers/core/local_fanout.h"
#include "servers/core/switchboard_frame.h"
#include "servers/core/switchboard_session.h"
#include "tests/servers/members.h"

namespace threadmill::servers {
namespace {

std::string frame(FrameKind kind, std::string_view topic, std::string_view body = {}) {
  std::string out;
  append_frame(out, {kind, topic, body});
  return out;
}

TEST(SwitchboardFrame, SurvivesAnySplit) {
  const std::string whole = frame(FrameKind::publish, "topic", "body");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    std::string_view input = std::string_view(whole).substr(0, length);
    EXPECT_FALSE(take_frame(input)) << length;
  }
  std::string_view input = whole;
  const auto taken = take_frame(input);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->kind, FrameKind::publish);
  EXPECT_EQ(taken->topic, "topic");
  EXPECT_EQ(taken->body, "body");
  EXPECT_TRUE(input.empty());
}

TEST(SwitchboardFrame, UnknownKindIsABug) {
  std::string_view input("\x7f\0\0\0\0\0\0\0\0", 9);
  EXPECT_THROW(take_frame(input), std::logic_error);
}

TEST(SwitchboardSession, DeliversBetweenChildrenAndCounts) {
  LocalFanout topics;
  Outbox subscriber_box(1000);
  OutboxMember subscriber_member(subscriber_box);
  Outbox publisher_box(1000);
  OutboxMember publisher_member(publisher_box);
  {
    SwitchboardSession subscriber(topics, subscriber_member);
    SwitchboardSession publisher(topics, publisher_member);
    subscriber.on_bytes(frame(FrameKind::join, "t"), subscriber_box);
    const std::string publish = frame(FrameKind::publish, "t", "encoded");
    for (const char byte : publish) publisher.on_bytes({&byte, 1}, publisher_box);
    EXPECT_EQ(drain(publisher_box), frame(FrameKind::number, "", "1"));
    EXPECT_EQ(drain(subscriber_box), frame(FrameKind::done, "") + frame(FrameKind::deliver, "", "encoded"));
    publisher.on_bytes(frame(FrameKind::topics, ""), publisher_box);
    EXPECT_EQ(drain(publisher_box), frame(FrameKind::names, "", frame(FrameKind::names, "t")));
  }
  EXPECT_EQ(topics.member_count("t"), 0U);
}

TEST(SwitchboardSession, RunsTheLobbyForChildrenAndKnowsWhenOneIsLost) {
  LocalFanout topics;
  Lobby lobby({}, topics, nullptr, delivery_frame);
  topics.lead_to(lobby);
  Outbox ana_box(1000);
  OutboxMember ana(ana_box);
  Outbox bia_box(1000);
  OutboxMember bia(bia_box);
  const auto asked = [](std::initializer_list<std::string_view> words) {
    std::string body;
    for (const auto word : words) append_frame(body, {FrameKind::lobby, word, {}});
    return frame(FrameKind::lobby, "", body);
  };
  SwitchboardSession of_ana(topics, ana);
  of_ana.on_bytes(asked({"NICK", "ana"}) + asked({"JOIN", "sala"}), ana_box);
  EXPECT_EQ(drain(ana_box), frame(FrameKind::lobby, "", "+OK\r\n") + frame(FrameKind::lobby, "", ":1\r\n"));
  {
    SwitchboardSession of_bia(topics, bia);
    of_bia.on_bytes(asked({"NICK", "bia"}) + asked({"JOIN", "sala"}), bia_box);
    drain(ana_box);
  }
  EXPECT_EQ(drain(ana_box),
            frame(FrameKind::deliver, "", "*4\r\n+left\r\n$4\r\nsala\r\n$3\r\nbia\r\n$4\r\nlost\r\n"));
  of_ana.on_bytes(frame(FrameKind::lobby, kLeftLobby), ana_box);
  EXPECT_EQ(drain(ana_box), frame(FrameKind::lobby, ""));
  EXPECT_EQ(lobby.run(bia, std::vector<std::string_view>{"WHO"}), "*0\r\n");
}

}  // namespace
}  // namespace threadmill::servers
