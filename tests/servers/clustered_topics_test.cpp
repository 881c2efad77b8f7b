#include "servers/cluster/clustered_topics.h"

#include <gmock/gmock.h>

#include <map>

#include "servers/core/chat_session.h"
#include "servers/core/http_session.h"
#include "servers/core/local_fanout.h"
#include "tests/servers/members.h"
#include "tests/servers/staged_log.h"
#include "tests/servers/web_client.h"

namespace threadmill::servers {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string message(const std::string& payload) {
  return "*3\r\n$7\r\nmessage\r\n$1\r\nt\r\n$" + std::to_string(payload.size()) + "\r\n" + payload + "\r\n";
}

/// A server of the cluster, as far as its topics go.
class Node {
 public:
  Node(StagedStore& store, std::uint64_t writer)
      : log(store),
        history(history_numbered_by(log)),
        clustered(log, writer, topics, history.get(),
                  [this](Member& member) { resumed.push_back(&member); }) {
    topics.lead_to(clustered);
  }

  /// What was appended gets into the log.
  void store() {
    clustered.send();
    log.store();
  }
  /// What is in the log is done here.
  void read() {
    log.tell();
    clustered.take_news();
  }

  StagedLog log;
  LocalFanout topics;
  std::shared_ptr<EventHistory> history;
  std::vector<Member*> resumed;
  ClusteredTopics clustered;
};

/// A connection to a node. The loop is the test.
template <typename Session>
class Connection {
 public:
  template <typename... Rest>
  explicit Connection(Node& node, Rest&&... rest)
      : node_(node), session(node.topics, self, std::forward<Rest>(rest)...) {}

  /// What the session has to say to bytes, or to having its turn.
  std::string say(std::string_view bytes) {
    EXPECT_FALSE(session.waits()) << "a connection that waits is not read";
    session.on_bytes(bytes, outbox);
    return drain(outbox);
  }
  std::string hear() {
    for (Member* member : node_.resumed) {
      if (member == &self) session.on_bytes({}, outbox);
    }
    std::erase(node_.resumed, &self);
    return drain(outbox);
  }

  Node& node_;
  Outbox outbox{1 << 20};
  OutboxMember self{outbox};
  Session session;
};

using ChatConnection = Connection<ChatSession>;

class ClusteredTopicsTest : public testing::Test {
 protected:
  StagedStore store;
  Node a{store, 1};
  Node b{store, 2};
  ChatLimits limits;
};

TEST_F(ClusteredTopicsTest, APublicationIsAnsweredWhenItIsBackOutOfTheLog) {
  ChatConnection publisher(a, limits);
  EXPECT_EQ(publisher.say("PUBLISH t hello\r\n"), "");
  EXPECT_TRUE(publisher.session.waits());
  a.store();
  EXPECT_EQ(publisher.hear(), "") << "stored is not yet read";
  a.read();
  EXPECT_EQ(publisher.hear(), ":0\r\n");
  EXPECT_FALSE(publisher.session.waits());
}

TEST_F(ClusteredTopicsTest, SubscribersOfAllServersHearTheLogsOrder) {
  ChatConnection at_a(a, limits), at_b(b, limits);
  at_a.say("SUBSCRIBE t\r\n");
  at_b.say("SUBSCRIBE t\r\n");
  ChatConnection one(a, limits), two(b, limits);
  one.say("PUBLISH t 1\r\nPUBLISH t 2\r\n");
  two.say("PUBLISH t 3\r\n");
  b.store();
  a.store();
  b.read();
  a.read();
  const auto order = message("3") + message("1") + message("2");
  EXPECT_EQ(at_a.hear(), order);
  EXPECT_EQ(at_b.hear(), order);
  EXPECT_EQ(one.hear(), ":1\r\n:1\r\n") << "how many heard it at this server";
}

TEST_F(ClusteredTopicsTest, WhatStandsBehindAPublicationIsAnsweredBehindIt) {
  ChatConnection client(a, limits);
  EXPECT_EQ(client.say("PUBLISH t 1\r\nPING\r\nPUBLISH t 2\r\nNONSENSE\r\nPI"), "");
  a.store();
  a.read();
  EXPECT_EQ(client.hear(), ":0\r\n+PONG\r\n");
  EXPECT_TRUE(client.session.waits()) << "for the second one";
  a.store();
  a.read();
  EXPECT_THAT(client.hear(), StartsWith(":0\r\n-ERR unknown command `NONSENSE`"));
  EXPECT_EQ(client.say("NG\r\n"), "+PONG\r\n");
}

TEST_F(ClusteredTopicsTest, RefusalsKeepTheirPlaceToo) {
  ChatConnection client(a, limits);
  EXPECT_EQ(client.say(std::string("PUBLISH t 1\r\n*3\r\n$7\r\nPUBLISH\r\n$2\r\n\0x\r\n$1\r\n2\r\n", 46)),
            "");
  a.store();
  a.read();
  EXPECT_THAT(client.hear(), StartsWith(":0\r\n-ERR topic names that begin with a zero byte"));
}

TEST_F(ClusteredTopicsTest, AnEntryThatIsStoredTwiceIsDoneOnce) {
  ChatConnection subscriber(b, limits), publisher(a, limits);
  subscriber.say("SUBSCRIBE t\r\n");
  publisher.say("PUBLISH t 1\r\n");
  a.store();
  store.entries.push_back(store.entries.back());
  publisher.session.on_bytes({}, publisher.outbox);
  b.read();
  EXPECT_EQ(subscriber.hear(), message("1"));
  EXPECT_EQ(b.clustered.counts().repeated, 1U);
}

TEST_F(ClusteredTopicsTest, ALeaverIsToldNothing) {
  {
    ChatConnection publisher(a, limits);
    publisher.say("PUBLISH t 1\r\n");
  }
  ChatConnection subscriber(a, limits);
  subscriber.say("SUBSCRIBE t\r\n");
  a.store();
  a.read();
  EXPECT_EQ(subscriber.hear(), message("1")) << "it had been sent";
  EXPECT_TRUE(a.resumed.empty());
}

TEST(ClusteredTopics, KeepEntriesWithinWhatTheLogTakes) {
  StagedStore narrow{.entry_limit_bytes = 200};
  Node node(narrow, 1);
  const ChatLimits limits;
  ChatConnection one(node, limits), two(node, limits), three(node, limits);
  for (auto* client : {&one, &two, &three}) client->say("PUBLISH t " + std::string(70, 'x') + "\r\n");
  for (int i = 0; i < 2; ++i) {
    node.store();
    node.read();
  }
  ASSERT_EQ(narrow.entries.size(), 2U) << "two deeds, and the third one";
  EXPECT_LE(narrow.entries.front().size(), 200U);
}

TEST_F(ClusteredTopicsTest, EntriesOfOthersArePassedOver) {
  store.entries.emplace_back("no entry of ours");
  ChatConnection publisher(a, limits);
  publisher.say("PUBLISH t 1\r\n");
  a.store();
  a.read();
  EXPECT_EQ(publisher.hear(), ":0\r\n");
  EXPECT_EQ(a.clustered.counts().foreign, 1U);
}

TEST_F(ClusteredTopicsTest, ThereAreNoRooms) {
  ChatConnection client(a, limits);
  EXPECT_EQ(client.say("JOIN room\r\n"), "-ERR this server has no rooms\r\n");
}

struct WebConnection : Connection<HttpSession> {
  WebConnection(Node& node, const WebTrust& trust) : Connection(node, *node.history, WebLimits{}, trust) {}
  std::string ask(const std::string& method, const std::string& target, const std::string& body = {}) {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
    if (!body.empty())
      text +=
          "Content-Type: application/octet-stream\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return say(text + "\r\n" + body);
  }
};

class ClusteredWebTest : public ClusteredTopicsTest {
 protected:
  WebTrust trust;
};

TEST_F(ClusteredWebTest, TopicsAreCreatedAndErasedEverywhere) {
  WebConnection client(a, trust);
  EXPECT_EQ(client.ask("PUT", "/topics/t"), "");
  a.store();
  a.read();
  b.read();
  EXPECT_EQ(status_of(client.hear()), 201);
  EXPECT_TRUE(b.history->keeps("t"));
  client.ask("DELETE", "/topics/t");
  a.store();
  a.read();
  b.read();
  EXPECT_EQ(status_of(client.hear()), 204);
  EXPECT_FALSE(b.history->keeps("t"));
}

TEST_F(ClusteredWebTest, AStreamGoesOnAtAnotherServer) {
  WebConnection stream(a, trust);
  stream.ask("GET", "/events?topic=t");
  a.store();
  a.read();
  b.read();
  ChatConnection publisher(b, limits, b.history.get());
  const auto publish = [&](const std::string& text) {
    publisher.say("PUBLISH t " + text + "\r\n");
    b.store();
    b.read();
    publisher.hear();
  };
  publish("1");
  a.read();
  const auto first = stream.hear();
  EXPECT_THAT(first, HasSubstr(R"("data":"1")"));
  const auto id = first.substr(4, first.find('\n') - 4);
  publish("2");
  WebConnection other(b, trust);
  const auto resumed = other.ask("GET", "/events?topic=t&after=" + id);
  EXPECT_THAT(resumed, HasSubstr(R"("data":"2")"));
  EXPECT_THAT(resumed, testing::Not(HasSubstr(R"("data":"1")")));
  EXPECT_THAT(resumed, testing::Not(HasSubstr("event: gap")));
}

TEST_F(ClusteredWebTest, AServerThatWasNotThereTellsOfAGap) {
  WebConnection stream(a, trust);
  stream.ask("GET", "/events?topic=t");
  ChatConnection publisher(a, limits, a.history.get());
  publisher.say("PUBLISH t 1\r\n");
  a.store();
  a.read();
  const auto first = stream.hear();
  const auto id = first.substr(4, first.find('\n') - 4);
  publisher.hear();
  publisher.say("PUBLISH t 2\r\n");
  a.store();
  a.read();
  Node late(store, 3);
  WebConnection other(late, trust);
  EXPECT_THAT(other.ask("GET", "/events?topic=t&after=" + id), HasSubstr("event: gap"));
}

TEST_F(ClusteredWebTest, ARequestBehindAPostWaits) {
  WebConnection client(a, trust);
  EXPECT_EQ(
      client.say("POST /topics/t/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                 "application/octet-stream\r\nContent-Length: 2\r\n\r\nhiGET /topics/t HTTP/1.1\r\nHost: "
                 "localhost\r\n\r\n"),
      "");
  a.store();
  a.read();
  const auto answers = client.hear();
  EXPECT_THAT(answers, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answers, HasSubstr(R"("receivers":0)"));
  EXPECT_THAT(answers, HasSubstr(R"("history":1)"));
  EXPECT_LT(answers.find("receivers"), answers.find("history"));
}

}  // namespace
}  // namespace threadmill::servers
