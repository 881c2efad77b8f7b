#include "harness/chat/conversation.h"

#include <gmock/gmock.h>

#include "harness/chat/readable.h"
#include "protocol/message_sum.h"
#include "protocol/resp_encode.h"
#include "servers/core/lobby.h"
#include "servers/core/local_fanout.h"
#include "tests/servers/members.h"

namespace threadmill::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string sent_words(std::initializer_list<std::string_view> words) {
  std::string bytes;
  resp::append_command(bytes, words);
  return bytes;
}

std::string lobby_push(std::string_view kind, std::initializer_list<std::string_view> words) {
  std::string bytes;
  resp::append_array_header(bytes, 1 + words.size());
  resp::append_simple(bytes, kind);
  for (const auto each : words) resp::append_bulk(bytes, each);
  return bytes;
}

std::string sum_of(std::string_view text) { return protocol::sum_text(protocol::xxh3(text)); }

/// A conversation of ana, in the room sala.
class ConversationTest : public testing::Test {
 protected:
  ConversationTest() {
    EXPECT_EQ(chat.take_bytes_to_send(), sent_words({"NICK", "ana"}));
    chat.on_received("+OK\r\n");
    EXPECT_EQ(chat.take_bytes_to_send(), sent_words({"JOIN", "sala"}));
    chat.on_received(":2\r\n");
    EXPECT_THAT(chat.take_lines(), HasSubstr("* you are ana\n* you are in sala, 2 here\n"));
  }
  /// What is sent for a line that is typed.
  std::string type(std::string_view line) {
    chat.on_typed(line);
    return chat.take_bytes_to_send();
  }
  /// What is shown for bytes of the server.
  std::string receive(std::string_view bytes) {
    chat.on_received(bytes);
    return chat.take_lines();
  }
  Conversation chat{"ana", "sala"};
};

TEST_F(ConversationTest, LinesAreSaidInTheRoomWithTheirSum) {
  EXPECT_EQ(type("  bom dia \r"), sent_words({"CONFIRM", "1", sum_of("bom dia"), "SAY", "sala", "bom dia"}));
  EXPECT_EQ(type("//join is a command"),
            sent_words({"CONFIRM", "2", sum_of("/join is a command"), "SAY", "sala", "/join is a command"}));
  EXPECT_EQ(type(""), "");
  EXPECT_EQ(receive(":1\r\n:0\r\n"), "* nobody else is here\n");
  EXPECT_EQ(receive(lobby_push("delivered", {"1", "1", "2"})), "");
  EXPECT_EQ(receive(lobby_push("delivered", {"1", "2", "2"})), "* has come to all 2: bom dia\n");
  EXPECT_EQ(receive(lobby_push("delivered", {"1", "2", "2"})), "") << "said once";
}

TEST_F(ConversationTest, OfALongMessageTheBeginningIsTold) {
  std::string text;
  for (int i = 0; i < 15; ++i) text += "世";  // of three bytes each
  type(text);
  EXPECT_EQ(receive(":1\r\n" + lobby_push("delivered", {"1", "1", "1"})),
            "* has come to all 1: " + text.substr(0, 39) + "...\n");
}

// What a lobby says of what cannot be done names its own commands, which are only said aloud when typed here.
TEST_F(ConversationTest, ErrorsAdviseWhatCanBeTypedHere) {
  servers::LocalFanout topics;
  servers::LobbyLimits limits;
  limits.rooms = 2;
  limits.rooms_of_member = 2;
  servers::Lobby lobby(limits, topics);
  servers::RecordingMember bia;
  const auto shown = [&](std::vector<std::string_view> words) {
    type("/who");
    return receive(lobby.run(bia, words));
  };
  EXPECT_THAT(shown({"JOIN", "sala"}), HasSubstr("choose one with /name NAME"));
  lobby.run(bia, std::vector<std::string_view>{"NICK", "bia"});
  EXPECT_THAT(shown({"SAY", "sala", "oi"}), HasSubstr("enter it with /join ROOM"));
  EXPECT_THAT(shown({"TELL", "caio", "oi"}), HasSubstr("; /who tells who is"));
  for (const char* room : {"a", "b"}) lobby.run(bia, std::vector<std::string_view>{"JOIN", room});
  EXPECT_THAT(shown({"JOIN", "c"}), HasSubstr("leave one with /part ROOM"));
  servers::RecordingMember caio;
  lobby.run(caio, std::vector<std::string_view>{"NICK", "caio"});
  type("/who");
  EXPECT_THAT(receive(lobby.run(caio, std::vector<std::string_view>{"JOIN", "c"})),
              HasSubstr("; /rooms tells which"));
  lobby.leave(bia, servers::Departure::clean);
  lobby.leave(caio, servers::Departure::clean);
}

TEST_F(ConversationTest, WhatIsReceivedIsShownAndAcknowledged) {
  EXPECT_EQ(receive(lobby_push("said", {"sala", "bia", "7", "oi"})), "bia: oi\n");
  EXPECT_EQ(chat.take_bytes_to_send(), sent_words({"ACK", sum_of("oi")}));
  EXPECT_EQ(receive(":1\r\n" + lobby_push("said", {"cafe", "bia", "8", "oi"})), "[cafe] bia: oi\n");
  EXPECT_EQ(receive(lobby_push("told", {"bia", "psst"})), "(to you) bia: psst\n");
  EXPECT_EQ(receive(lobby_push("joined", {"sala", "caio"})), "* caio joined sala\n");
  EXPECT_EQ(receive(lobby_push("left", {"sala", "caio", "left"})), "* caio left sala\n");
  EXPECT_EQ(receive(lobby_push("left", {"sala", "caio", "lost"})),
            "* the connection to caio in sala was lost\n");
  EXPECT_EQ(receive(lobby_push("renamed", {"sala", "bia", "bea"})), "* bia is bea now\n");
}

TEST_F(ConversationTest, CommandsAskTheServer) {
  EXPECT_EQ(type("/tell bia two words"),
            sent_words({"CONFIRM", "1", sum_of("two words"), "TELL", "bia", "two words"}));
  EXPECT_EQ(type("/who"), sent_words({"WHO", "sala"}));
  EXPECT_EQ(type("/rooms"), sent_words({"ROOMS"}));
  EXPECT_EQ(type("/history 3"), sent_words({"HISTORY", "sala", "3"}));
  EXPECT_EQ(type("/history cafe"), sent_words({"HISTORY", "cafe", "20"}));
  EXPECT_EQ(type("/part"), sent_words({"PART", "sala"}));
  const std::string answers = ":1\r\n" + sent_words({"ana", "bia"}) + sent_words({"cafe", "sala"}) +
                              "*1\r\n" + sent_words({"7", "bia", "oi"}) + "*0\r\n:1\r\n";
  EXPECT_EQ(
      receive(answers),
      "* 2 here: ana bia\n* 2 rooms: cafe sala\n* the latest 1 of sala\n  bia: oi\n* the latest 0 of cafe\n"
      "* you left sala\n");
  EXPECT_EQ(type("nobody hears this"), "");
  EXPECT_THAT(chat.take_lines(), HasSubstr("! you are in no room"));
  EXPECT_EQ(type("/dance"), "");
  EXPECT_THAT(chat.take_lines(), HasSubstr("! there is no /dance"));
}

TEST_F(ConversationTest, AListThatMayHaveBeenCutSaysSo) {
  const std::size_t most = servers::LobbyLimits{}.listed;
  for (const std::size_t count : {most - 1, most}) {
    type("/who");
    std::string names;
    resp::append_array_header(names, count);
    for (std::size_t i = 0; i < count; ++i) resp::append_bulk(names, "n");
    EXPECT_EQ(receive(names).find(" or more here") != std::string::npos, count == most);
  }
}

TEST_F(ConversationTest, AnAnswerIsNotMistakenForAPush) {
  type("/who");
  EXPECT_EQ(receive(sent_words({"told", "x", "y"})), "* 3 here: told x y\n") << "people may be called so";
  EXPECT_EQ(chat.take_bytes_to_send(), "");
}

TEST_F(ConversationTest, ErrorsAreToldInTheirOrder) {
  type("/name bia");
  EXPECT_EQ(receive("-ERR 'bia' is the name of somebody else\r\n"), "! 'bia' is the name of somebody else\n");
}

TEST(Conversation, TheFirstRoomIsEnteredOnceThereIsAName) {
  Conversation chat("", "garden");
  EXPECT_EQ(chat.take_bytes_to_send(), "");
  chat.on_typed("/name ana");
  EXPECT_EQ(chat.take_bytes_to_send(), sent_words({"NICK", "ana"}));
  chat.on_received("-ERR 'ana' is the name of somebody else\r\n");
  EXPECT_EQ(chat.take_bytes_to_send(), "");
  chat.on_typed("/name ana2");
  chat.take_bytes_to_send();
  chat.on_received("+OK\r\n");
  EXPECT_EQ(chat.take_bytes_to_send(), sent_words({"JOIN", "garden"}));
  chat.on_received(":1\r\n");
  EXPECT_THAT(chat.take_lines(), HasSubstr("* you are in garden, 1 here\n"));
  chat.on_typed("/name ana3");
  chat.take_bytes_to_send();
  chat.on_received("+OK\r\n");
  EXPECT_EQ(chat.take_bytes_to_send(), "") << "only the first time";
}

TEST_F(ConversationTest, LeavesOnceAndCleanly) {
  EXPECT_EQ(type("sair"), sent_words({"QUIT"}));
  EXPECT_EQ(type("too late"), "");
  chat.on_end_of_typing();
  EXPECT_EQ(chat.take_bytes_to_send(), "");
  EXPECT_FALSE(chat.has_left());
  receive("+OK\r\n");
  EXPECT_TRUE(chat.has_left());
}

TEST_F(ConversationTest, SaysWhatIsWrongWithAServerThatSpeaksSomethingElse) {
  receive("HTTP/1.1 400 Bad Request\r\n");
  EXPECT_THAT(chat.broken(), HasSubstr("the server does not speak RESP2"));
}

TEST_F(ConversationTest, WhatOthersSendCannotSteerTheTerminal) {
  const std::string shown = receive(lobby_push("said", {"sala", "bia\x1b[31m", "7", "a\nb\x07\xc2\x9b"}));
  EXPECT_EQ(shown, "bia\\x1b[31m: a\\x0ab\\x07\\xc2\\x9b\n");
}

TEST(Readable, KeepsTextAndEscapesTheRest) {
  EXPECT_EQ(readable("olá, 世界 🙂"), "olá, 世界 🙂");
  EXPECT_EQ(readable("\x7f\t"), "\\x7f\\x09");
  EXPECT_EQ(readable("\xff\xc0\xaf"), "\\xff\\xc0\\xaf") << "no UTF-8";
  EXPECT_EQ(readable("\xe2\x82"), "\\xe2\\x82") << "cut short";
  EXPECT_EQ(readable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half of a surrogate pair";
  EXPECT_EQ(readable("a\xe2\x80\xae"
                     "b"),
            "a\\xe2\\x80\\xaeb")
      << "turns the direction of writing";
}

}  // namespace
}  // namespace threadmill::harness
