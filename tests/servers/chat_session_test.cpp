#include "servers/core/chat_session.h"

#include <gmock/gmock.h>

#include "protocol/resp_encode.h"
#include "servers/core/lobby.h"
#include "servers/core/local_fanout.h"
#include "tests/servers/members.h"

namespace threadmill::servers {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ChatSessionTest : public testing::Test {
 protected:
  /// What the session answers to `input`.
  std::string say(std::string_view input) {
    verdict = session.on_bytes(input, outbox);
    return drain(outbox);
  }

  LocalFanout topics;
  Outbox outbox{1 << 20};
  OutboxMember self{outbox};
  Verdict verdict = Verdict::keep;
  ChatLimits limits{.message_bytes = 1000, .topic_bytes = 20, .subscriptions = 3};
  ChatSession session{topics, self, limits};
};

TEST_F(ChatSessionTest, AnswersAsRedisDoes) {
  EXPECT_EQ(say("PING\r\n"), "+PONG\r\n");
  EXPECT_EQ(say("*2\r\n$4\r\nping\r\n$2\r\nhi\r\n"), "$2\r\nhi\r\n");
  EXPECT_EQ(say("ECHO word\r\n"), "$4\r\nword\r\n");
  EXPECT_EQ(say("CLIENT GETNAME\r\n"), "$-1\r\n");
  EXPECT_EQ(say("CLIENT SETNAME me\r\n"), "+OK\r\n");
  EXPECT_EQ(say("CLIENT GETNAME\r\n"), "$2\r\nme\r\n");
  EXPECT_EQ(say("CLIENT SETINFO lib-name x\r\n"), "+OK\r\n");
  EXPECT_THAT(say("CLIENT SETNAME 'a b'\r\n"), StartsWith("-ERR Client names"));
  EXPECT_EQ(say("HELLO 3\r\n"), "-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n");
  EXPECT_EQ(say("ECHO\r\n"), "-ERR wrong number of arguments for 'echo' command\r\n");
  EXPECT_EQ(verdict, Verdict::keep);
  EXPECT_EQ(say("QUIT\r\n"), "+OK\r\n");
  EXPECT_EQ(verdict, Verdict::close);
}

TEST_F(ChatSessionTest, SaysToThoseWhoAskThatItHasLoaded) {
  const std::string info = say("INFO\r\n");
  EXPECT_THAT(info, StartsWith("$"));
  EXPECT_THAT(info, HasSubstr("\r\nserver_name:threadmill\r\n"));
  EXPECT_THAT(info, HasSubstr("\r\nloading:0\r\n"));
  EXPECT_EQ(say("info persistence\r\n"), info);
}

TEST_F(ChatSessionTest, AnySplitOfPipelinedRequestsGivesTheSameAnswers) {
  const std::string requests = "PING\r\n*2\r\n$4\r\nECHO\r\n$5\r\na\r\nb!\r\n\r\nPUBLISH t x\r\nECHO 'q'\r\n";
  const std::string answers = "+PONG\r\n$5\r\na\r\nb!\r\n:0\r\n$1\r\nq\r\n";
  EXPECT_EQ(say(requests), answers);
  for (std::size_t cut = 1; cut < requests.size(); ++cut) {
    const std::string before = say(requests.substr(0, cut));
    EXPECT_EQ(before + say(requests.substr(cut)), answers) << cut;
  }
  std::string byte_by_byte;
  for (const char byte : requests) byte_by_byte += say({&byte, 1});
  EXPECT_EQ(byte_by_byte, answers);
}

TEST_F(ChatSessionTest, SubscribesAndReceivesThePush) {
  EXPECT_EQ(say("SUBSCRIBE a b a\r\n"),
            "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n"
            "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:2\r\n");
  Outbox other_box(1 << 20);
  OutboxMember other(other_box);
  ChatSession publisher(topics, other, limits);
  publisher.on_bytes("PUBLISH a hello\r\n", other_box);
  EXPECT_EQ(drain(other_box), ":1\r\n");
  EXPECT_EQ(drain(outbox), "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$5\r\nhello\r\n");
}

TEST_F(ChatSessionTest, AllowsFewCommandsWhileSubscribed) {
  say("SUBSCRIBE a\r\n");
  EXPECT_THAT(say("PUBLISH a x\r\n"), HasSubstr("Can't execute 'publish'"));
  EXPECT_EQ(say("PING\r\n"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
  EXPECT_EQ(say("UNSUBSCRIBE\r\n"), "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n");
  EXPECT_EQ(say("PUBLISH a x\r\n"), ":0\r\n");
  EXPECT_EQ(say("UNSUBSCRIBE\r\n"), "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n");
}

TEST_F(ChatSessionTest, ReportsTopics) {
  RecordingMember member;
  topics.join("news", member);
  topics.join("nets", member);
  topics.join("other", member);
  EXPECT_EQ(say("PUBSUB CHANNELS ne*\r\n"), "*2\r\n$4\r\nnets\r\n$4\r\nnews\r\n");
  EXPECT_EQ(say("PUBSUB NUMSUB news none\r\n"), "*4\r\n$4\r\nnews\r\n:1\r\n$4\r\nnone\r\n:0\r\n");
  EXPECT_EQ(say("PUBSUB NUMPAT\r\n"), ":0\r\n");
  EXPECT_THAT(say("PUBSUB WHAT\r\n"), StartsWith("-ERR Unknown PUBSUB subcommand"));
}

TEST_F(ChatSessionTest, LeavesItsTopicsWhenItEnds) {
  {
    ChatSession brief(topics, self, limits);
    brief.on_bytes("SUBSCRIBE a b\r\n", outbox);
    EXPECT_EQ(topics.member_count("a"), 1U);
  }
  EXPECT_TRUE(topics.topics().empty());
}

TEST_F(ChatSessionTest, HandsWhatItDoesNotKnowToTheLobby) {
  EXPECT_THAT(say("JOIN sala\r\n"), StartsWith("-ERR this server has no rooms")) << "there is none";
  Lobby lobby({}, topics);
  topics.lead_to(lobby);
  Outbox ana_box(1 << 20);
  OutboxMember ana(ana_box);
  const auto names = [&] { return lobby.run(self, std::vector<std::string_view>{"WHO"}); };
  {
    ChatSession session_of_ana(topics, ana, limits);
    session_of_ana.on_bytes("PING\r\nNICK ana\r\nJOIN sala\r\nSAY sala oi\r\nDANCE\r\n", ana_box);
    EXPECT_THAT(drain(ana_box), StartsWith("+PONG\r\n+OK\r\n:1\r\n:0\r\n-ERR unknown command `DANCE`"));
    EXPECT_EQ(names(), "*1\r\n$3\r\nana\r\n");
  }
  EXPECT_EQ(names(), "*0\r\n") << "its end is its leave";
}

TEST_F(ChatSessionTest, SaysGoodbyeInThreeWordsAndLeavesTheLobby) {
  Lobby lobby({}, topics);
  topics.lead_to(lobby);
  RecordingMember bia;
  lobby.run(bia, std::vector<std::string_view>{"NICK", "bia"});
  lobby.run(bia, std::vector<std::string_view>{"JOIN", "sala"});
  for (const std::string_view word : {"sair", "/quit", "QUIT"}) {
    bia.received.clear();
    ChatSession brief(topics, self, limits);
    EXPECT_EQ(brief.on_bytes("NICK ana\r\nJOIN sala\r\n" + std::string(word) + "\r\n", outbox),
              Verdict::close);
    EXPECT_EQ(drain(outbox), "+OK\r\n:2\r\n+OK\r\n");
    EXPECT_THAT(bia.received, HasSubstr("+left\r\n$4\r\nsala\r\n$3\r\nana\r\n$4\r\nleft\r\n"));
  }
}

TEST_F(ChatSessionTest, ASubscriberMayAcknowledgeAndNothingElseOfTheLobby) {
  Lobby lobby({}, topics);
  topics.lead_to(lobby);
  ChatSession subscriber(topics, self, limits);
  subscriber.on_bytes("SUBSCRIBE t\r\n", outbox);
  drain(outbox);
  subscriber.on_bytes("ACK 0123456789abcdef\r\n", outbox);
  EXPECT_EQ(drain(outbox), ":0\r\n");
  subscriber.on_bytes("JOIN sala\r\n", outbox);
  EXPECT_THAT(drain(outbox), HasSubstr("Can't execute 'join'"));
}

TEST_F(ChatSessionTest, MalformedInputGetsAnErrorAndTheEnd) {
  EXPECT_EQ(say("PING\r\n*1\r\n!4\r\n"), "+PONG\r\n-ERR Protocol error: expected '$', got '!'\r\n");
  EXPECT_EQ(verdict, Verdict::close);
}

TEST_F(ChatSessionTest, HangsUpOnABrowserThatAWebPageSentHere) {
  EXPECT_EQ(say("POST / HTTP/1.1\r\nHost: x\r\n\r\nPUBLISH a b\r\n"),
            "-ERR Protocol error: this is HTTP, not RESP\r\n");
  EXPECT_EQ(verdict, Verdict::close);
}

TEST_F(ChatSessionTest, OversizedInputGetsAnErrorNamingTheLimitAndTheEnd) {
  EXPECT_EQ(say("*2\r\n$4\r\nECHO\r\n$5000\r\n"),
            "-ERR Protocol error: request longer than the limit of 1000 bytes\r\n");
  EXPECT_EQ(verdict, Verdict::close);
}

TEST_F(ChatSessionTest, ManyWordsThatNeverEndAreBoundedToo) {
  std::string input = "*1000\r\n";
  for (int i = 0; i < 400; ++i) input += "$1\r\nx\r\n";
  EXPECT_THAT(say(input), HasSubstr("longer than the limit of 1000 bytes"));
  EXPECT_EQ(verdict, Verdict::close);
}

TEST_F(ChatSessionTest, BoundsTopicsAndSubscriptions) {
  EXPECT_THAT(say("SUBSCRIBE " + std::string(21, 't') + "\r\n"),
              StartsWith("-ERR topic name longer than the limit of 20"));
  EXPECT_THAT(say("PUBLISH " + std::string(21, 't') + " x\r\n"),
              StartsWith("-ERR topic name longer than the limit of 20"));
  EXPECT_THAT(say("SUBSCRIBE a b c d\r\n"), HasSubstr("-ERR more subscriptions than the limit of 3"));
  EXPECT_EQ(topics.member_count("d"), 0U);
}

}  // namespace
}  // namespace threadmill::servers
