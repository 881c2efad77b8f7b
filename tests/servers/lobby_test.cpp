#include "servers/core/lobby.h"

#include <gmock/gmock.h>

#include "protocol/message_sum.h"
#include "protocol/resp_encode.h"
#include "servers/core/local_fanout.h"
#include "tests/servers/members.h"

namespace threadmill::servers {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string array_of(std::initializer_list<std::string_view> words) {
  std::string bytes;
  resp::append_command(bytes, words);
  return bytes;
}

std::string push_to_expect(std::string_view kind, std::initializer_list<std::string_view> words) {
  std::string bytes;
  resp::append_array_header(bytes, 1 + words.size());
  resp::append_simple(bytes, kind);
  for (const auto word : words) resp::append_bulk(bytes, word);
  return bytes;
}

class LobbyTest : public testing::Test {
 protected:
  std::string run(RecordingMember& member, std::vector<std::string_view> words) {
    return lobby.run(member, words);
  }
  void enter(RecordingMember& member, std::string_view name, std::string_view room) {
    EXPECT_EQ(run(member, {"NICK", name}), "+OK\r\n");
    EXPECT_THAT(run(member, {"JOIN", room}), StartsWith(":"));
  }
  /// What a member was pushed since the last time.
  static std::string heard(RecordingMember& member) { return std::exchange(member.received, {}); }

  LobbyLimits limits{.name_bytes = 8,
                     .room_bytes = 8,
                     .text_bytes = 20,
                     .rooms = 3,
                     .rooms_of_member = 2,
                     .history = 3,
                     .unconfirmed = 2};
  LocalFanout topics;
  Lobby lobby{limits, topics};
  RecordingMember ana;
  RecordingMember bia;
  RecordingMember caio;
};

TEST_F(LobbyTest, NamesAreUniqueAndComeBackWhenTheirOwnerLeaves) {
  EXPECT_EQ(run(ana, {"nick", "ana"}), "+OK\r\n");
  EXPECT_EQ(run(ana, {"NICK", "ana"}), "+OK\r\n") << "her own";
  EXPECT_THAT(run(bia, {"NICK", "ana"}), StartsWith("-ERR 'ana' is the name of somebody else"));
  lobby.leave(ana, Departure::clean);
  EXPECT_EQ(run(bia, {"NICK", "ana"}), "+OK\r\n");
  EXPECT_EQ(run(caio, {"WHO"}), array_of({"ana"}));
}

TEST_F(LobbyTest, NamesAndRoomsAreOneWordOfBoundedLength) {
  for (const std::string_view bad : {"", "two words", "a:b", "*", "line\n", "tab\t", "longer-than-8"}) {
    EXPECT_THAT(run(ana, {"NICK", bad}), StartsWith("-ERR a name has 1 to 8 bytes")) << bad;
  }
  EXPECT_EQ(run(ana, {"NICK", "Zoë"}), "+OK\r\n");
  EXPECT_THAT(run(ana, {"JOIN", "a room"}), StartsWith("-ERR a room's name has 1 to 8 bytes"));
  EXPECT_THAT(run(ana, {"JOIN", "123456789"}), StartsWith("-ERR a room's name has 1 to 8 bytes"));
}

TEST_F(LobbyTest, WithoutANameNobodyEntersOrSpeaks) {
  for (const std::vector<std::string_view>& words : std::vector<std::vector<std::string_view>>{
           {"JOIN", "sala"}, {"PART", "sala"}, {"SAY", "sala", "oi"}, {"TELL", "bia", "oi"}}) {
    EXPECT_THAT(run(ana, words), StartsWith("-ERR you have no name yet")) << words[0];
  }
}

TEST_F(LobbyTest, AMessageGoesToTheOthersInItsRoomOnly) {
  enter(ana, "ana", "sala");
  enter(bia, "bia", "sala");
  enter(caio, "caio", "cafe");
  heard(ana);
  EXPECT_EQ(run(ana, {"SAY", "sala", "bom", "dia"}), ":1\r\n");
  EXPECT_EQ(heard(bia), push_to_expect("said", {"sala", "ana", "1", "bom dia"}));
  EXPECT_EQ(heard(ana), "");
  EXPECT_EQ(heard(caio), "");
  EXPECT_THAT(run(caio, {"SAY", "sala", "oi"}), StartsWith("-ERR you are not in the room 'sala'"));
}

TEST_F(LobbyTest, OthersAreToldWhoComesAndHowTheyLeave) {
  enter(ana, "ana", "sala");
  EXPECT_EQ(run(bia, {"NICK", "bia"}), "+OK\r\n");
  EXPECT_EQ(run(bia, {"JOIN", "sala"}), ":2\r\n");
  EXPECT_EQ(heard(ana), push_to_expect("joined", {"sala", "bia"}));
  EXPECT_EQ(run(bia, {"JOIN", "sala"}), ":2\r\n") << "again";
  EXPECT_EQ(heard(ana), "");
  EXPECT_EQ(run(bia, {"NICK", "beatriz"}), "+OK\r\n");
  EXPECT_EQ(heard(ana), push_to_expect("renamed", {"sala", "bia", "beatriz"}));
  EXPECT_EQ(run(bia, {"PART", "sala"}), ":1\r\n");
  EXPECT_EQ(heard(ana), push_to_expect("left", {"sala", "beatriz", "left"}));
  enter(caio, "caio", "sala");
  heard(ana);
  lobby.leave(caio, Departure::lost);
  EXPECT_EQ(heard(ana), push_to_expect("left", {"sala", "caio", "lost"}));
  EXPECT_EQ(heard(bia) + heard(caio), "");
}

TEST_F(LobbyTest, APrivateMessageGoesToOneMemberAndIntoNoHistory) {
  enter(ana, "ana", "sala");
  enter(bia, "bia", "sala");
  enter(caio, "caio", "sala");
  heard(ana);
  heard(bia);
  EXPECT_EQ(run(ana, {"TELL", "bia", "psst"}), ":1\r\n");
  EXPECT_EQ(heard(bia), push_to_expect("told", {"ana", "psst"}));
  EXPECT_EQ(heard(caio), "");
  EXPECT_EQ(run(caio, {"HISTORY", "sala"}), "*0\r\n");
  EXPECT_THAT(run(ana, {"TELL", "nobody", "psst"}), StartsWith("-ERR nobody here is called 'nobody'"));
}

TEST_F(LobbyTest, ListsWhoIsHere) {
  enter(bia, "bia", "sala");
  enter(ana, "ana", "sala");
  enter(caio, "caio", "cafe");
  EXPECT_EQ(run(ana, {"WHO"}), array_of({"ana", "bia", "caio"}));
  EXPECT_EQ(run(ana, {"WHO", "sala"}), array_of({"ana", "bia"}));
  EXPECT_EQ(run(ana, {"WHO", "none"}), "*0\r\n");
  EXPECT_EQ(run(ana, {"ROOMS"}), array_of({"cafe", "sala"}));
}

TEST_F(LobbyTest, HistoryIsBoundedAndReadInPages) {
  enter(ana, "ana", "sala");
  for (const std::string_view text : {"um", "dois", "tres", "quatro"}) run(ana, {"SAY", "sala", text});
  const std::string two = array_of({"2", "ana", "dois"});
  const std::string three = array_of({"3", "ana", "tres"});
  const std::string four = array_of({"4", "ana", "quatro"});
  EXPECT_EQ(run(bia, {"HISTORY", "sala"}), "*3\r\n" + two + three + four);
  EXPECT_EQ(run(bia, {"HISTORY", "sala", "2"}), "*2\r\n" + three + four);
  EXPECT_EQ(run(bia, {"HISTORY", "sala", "2", "4"}), "*2\r\n" + two + three);
  EXPECT_EQ(run(bia, {"HISTORY", "sala", "0"}), "*0\r\n");
  EXPECT_EQ(run(bia, {"HISTORY", "none"}), "*0\r\n");
  EXPECT_THAT(run(bia, {"HISTORY", "sala", "many"}), StartsWith("-ERR value is not an integer"));
}

TEST_F(LobbyTest, AReplyToHistoryIsBoundedInBytesToo) {
  limits.history = 100;
  limits.reply_bytes = 200;
  Lobby small(limits, topics);
  const auto ask = [&](std::vector<std::string_view> words) { return small.run(ana, words); };
  ask({"NICK", "ana"});
  ask({"JOIN", "sala"});
  for (int i = 0; i < 50; ++i) ask({"SAY", "sala", "0123456789"});
  EXPECT_THAT(ask({"HISTORY", "sala"}), StartsWith("*2\r\n"));
  EXPECT_THAT(ask({"HISTORY", "sala"}), HasSubstr("$2\r\n50\r\n"));
}

TEST_F(LobbyTest, BoundsTextsAndRooms) {
  enter(ana, "ana", "a");
  enter(ana, "ana", "b");
  EXPECT_THAT(run(ana, {"SAY", "a", std::string(21, 'x')}),
              StartsWith("-ERR the text has 21 bytes, the limit is 20"));
  EXPECT_THAT(run(ana, {"JOIN", "c"}), StartsWith("-ERR you are in 2 rooms, which is the limit"));
  enter(bia, "bia", "c");
  EXPECT_THAT(run(bia, {"JOIN", "d"}), StartsWith("-ERR there are 3 rooms with people in them"));
  EXPECT_THAT(run(bia, {"SAY"}), StartsWith("-ERR wrong number of arguments for 'say'"));
}

TEST_F(LobbyTest, ANewRoomTakesThePlaceOfTheEmptyOneThatWasSilentForLongest) {
  for (const std::string_view room : {"x", "y"}) {
    enter(ana, "ana", room);
    run(ana, {"SAY", room, "oi"});
    run(ana, {"PART", room});
  }
  enter(ana, "ana", "a");
  enter(ana, "ana", "b");
  EXPECT_EQ(run(ana, {"ROOMS"}), array_of({"a", "b", "y"}));
}

TEST_F(LobbyTest, ARoomThatNobodyIsInAndNothingWasSaidInIsGone) {
  enter(ana, "ana", "sala");
  lobby.leave(ana, Departure::clean);
  EXPECT_EQ(run(bia, {"ROOMS"}), "*0\r\n");
}

TEST_F(LobbyTest, WhoWatchesTheTopicOfARoomReadsLines) {
  RecordingMember watcher;
  topics.join("room:sala", watcher);
  enter(ana, "ana", "sala");
  run(ana, {"SAY", "sala", "oi"});
  lobby.leave(ana, Departure::lost);
  EXPECT_EQ(watcher.received, array_of({"message", "room:sala", "* ana joined"}) +
                                  array_of({"message", "room:sala", "ana: oi"}) +
                                  array_of({"message", "room:sala", "* the connection to ana was lost"}));
}

TEST_F(LobbyTest, TheSenderSeesHowManyHaveItWhole) {
  enter(ana, "ana", "sala");
  enter(bia, "bia", "sala");
  enter(caio, "caio", "sala");
  heard(ana);
  const std::string sum = protocol::sum_text(protocol::xxh3("oi gente"));
  EXPECT_EQ(run(ana, {"CONFIRM", "m1", sum, "SAY", "sala", "oi", "gente"}), ":2\r\n");
  EXPECT_EQ(run(bia, {"ACK", sum}), ":1\r\n");
  EXPECT_EQ(heard(ana), push_to_expect("delivered", {"m1", "1", "2"}));
  EXPECT_EQ(run(caio, {"ACK", "0000000000000000", sum}), ":1\r\n") << "one of the two is wrong";
  EXPECT_EQ(heard(ana), push_to_expect("delivered", {"m1", "2", "2"}));
  EXPECT_EQ(run(caio, {"ACK", sum}), ":0\r\n") << "it waits no more";
}

TEST_F(LobbyTest, AWrongSumIsToldAndNothingIsSent) {
  enter(ana, "ana", "sala");
  enter(bia, "bia", "sala");
  heard(bia);
  EXPECT_THAT(run(ana, {"CONFIRM", "m1", "0123456789abcdef", "SAY", "sala", "oi"}),
              StartsWith("-ERR wrong sum for 'm1'"));
  EXPECT_THAT(run(ana, {"CONFIRM", "m1", "sum", "SAY", "sala", "oi"}), StartsWith("-ERR a sum is XXH3"));
  EXPECT_EQ(heard(bia), "");
  EXPECT_EQ(run(bia, {"HISTORY", "sala"}), "*0\r\n");
}

TEST_F(LobbyTest, APublicationIsConfirmedByItsSubscribers) {
  RecordingMember subscriber;
  topics.join("news", subscriber);
  const std::string sum = protocol::sum_text(protocol::xxh3("hello"));
  EXPECT_EQ(run(ana, {"CONFIRM", "7", sum, "PUBLISH", "news", "hello"}), ":1\r\n");
  EXPECT_EQ(subscriber.received, array_of({"message", "news", "hello"})) << "as any publication";
  EXPECT_EQ(run(subscriber, {"ACK", sum}), ":1\r\n");
  EXPECT_EQ(heard(ana), push_to_expect("delivered", {"7", "1", "1"}));
}

TEST_F(LobbyTest, NobodyIsToldForASenderThatHasLeft) {
  RecordingMember subscriber;
  topics.join("news", subscriber);
  const std::string sum = protocol::sum_text(protocol::xxh3("hello"));
  run(ana, {"CONFIRM", "7", sum, "PUBLISH", "news", "hello"});
  lobby.leave(ana, Departure::lost);
  EXPECT_EQ(run(subscriber, {"ACK", sum}), ":0\r\n");
  EXPECT_EQ(heard(ana), "");
}

TEST_F(LobbyTest, TheOldestConfirmationIsForgottenForANewOne) {
  RecordingMember subscriber;
  topics.join("news", subscriber);
  std::vector<std::string> sums;
  for (const std::string_view text : {"one", "two", "three"}) {
    sums.push_back(protocol::sum_text(protocol::xxh3(text)));
    run(ana, {"CONFIRM", text, sums.back(), "PUBLISH", "news", text});
  }
  EXPECT_EQ(run(subscriber, {"ACK", sums[0]}), ":0\r\n");
  EXPECT_EQ(run(subscriber, {"ACK", sums[1], sums[2]}), ":2\r\n");
}

TEST(Confirmations, TheLineOfThoseThatAreDoneStaysShort) {
  RecordingMember sender;
  const RecordingMember receiver;
  Confirmations confirmations(4);
  for (std::uint64_t sum = 0; sum < 1000; ++sum) {
    confirmations.await(sum, sender, "id", 1);
    ASSERT_TRUE(confirmations.confirm(sum, receiver)) << sum;
    ASSERT_EQ(confirmations.size(), 0U);
  }
  confirmations.await(7, sender, "first", 1);
  confirmations.await(7, sender, "second", 1);
  EXPECT_EQ(confirmations.confirm(7, receiver)->id, "first");
  EXPECT_EQ(confirmations.confirm(7, receiver)->id, "second");
}

TEST(Confirmations, OfEqualMessagesEachReceiverConfirmsEachOnce) {
  RecordingMember sender;
  const RecordingMember diligent;
  const RecordingMember silent;
  Confirmations confirmations(4);
  confirmations.await(7, sender, "first", 2);
  EXPECT_EQ(confirmations.confirm(7, diligent)->confirmed, 1U);
  EXPECT_FALSE(confirmations.confirm(7, diligent)) << "it cannot speak for the silent one";
  confirmations.await(7, sender, "second", 2);
  const auto progress = confirmations.confirm(7, diligent);
  EXPECT_EQ(progress->id, "second");
  EXPECT_EQ(progress->confirmed, 1U);
  EXPECT_EQ(confirmations.confirm(7, silent)->id, "first");
}

TEST(Confirmations, WhatWasToldToOneIsConfirmedByThatOne) {
  RecordingMember sender;
  const RecordingMember receiver;
  const RecordingMember other;
  Confirmations confirmations(4);
  confirmations.await(7, sender, "told", 1, &receiver);
  EXPECT_FALSE(confirmations.confirm(7, other));
  EXPECT_EQ(confirmations.confirm(7, receiver)->id, "told");
  confirmations.await(7, sender, "again", 1, &receiver);
  confirmations.forget(sender);
  EXPECT_FALSE(confirmations.confirm(7, receiver));
  EXPECT_EQ(confirmations.size(), 0U);
}

TEST(MessageSum, IsReadAsItIsWritten) {
  const std::uint64_t sum = protocol::xxh3("text");
  EXPECT_EQ(protocol::parse_sum(protocol::sum_text(sum)), sum);
  EXPECT_EQ(protocol::sum_text(0x1f), "000000000000001f");
  EXPECT_EQ(protocol::xxh3(""), 0x2d06800538d394c2U) << "as published for XXH3_64bits of nothing";
  for (const std::string_view bad : {"", "1f", "000000000000001g", "+00000000000001f", "0000000000000001f"}) {
    EXPECT_FALSE(protocol::parse_sum(bad)) << bad;
  }
}

}  // namespace
}  // namespace threadmill::servers
