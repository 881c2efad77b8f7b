#include <signal.h>

#include <thread>

#include "protocol/resp_encode.h"
#include "tests/conformance/every_model.h"

namespace threadmill::conformance {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string push(std::string_view topic, std::string_view payload) {
  std::string out;
  resp::append_message_push(out, topic, payload);
  return out;
}

std::string command(std::initializer_list<std::string_view> words) {
  std::string out;
  resp::append_command(out, words);
  return out;
}

/// A client that has subscribed and has been told so.
std::unique_ptr<Client> subscriber(const ServerProcess& server, const std::string& topic,
                                   int receive_buffer_bytes = 0) {
  auto client = std::make_unique<Client>(server.port(), receive_buffer_bytes);
  client->send("SUBSCRIBE " + topic + "\r\n");
  EXPECT_THAT(client->read_until(":1\r\n"), HasSubstr(topic));
  return client;
}

class Chat : public testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> chat(const std::vector<std::string>& more = {}) {
    return arguments(GetParam(), "chat", more);
  }
};
INSTANTIATE_TEST_SUITE_P(Models, Chat, testing::ValuesIn(models_with("chat")), test_name);

TEST_P(Chat, AnswersRequestsSplitAtEveryByte) {
  ServerProcess server(chat());
  Client client(server.port());
  const std::string requests = "PING\r\n" + command({"ECHO", "a\r\nb"}) + "ECHO 'x y'\r\n";
  const std::string answers = "+PONG\r\n$4\r\na\r\nb\r\n$3\r\nx y\r\n";
  for (std::size_t cut = 1; cut < requests.size(); ++cut) {
    client.send(requests.substr(0, cut));
    client.send(requests.substr(cut));
    ASSERT_EQ(client.read(answers.size()), answers) << cut;
  }
}

TEST_P(Chat, AnswersPipelinedRequestsInOrder) {
  ServerProcess server(chat());
  Client client(server.port());
  std::string requests;
  std::string answers;
  for (int i = 0; i < 2000; ++i) {
    const auto text = std::to_string(i);
    requests += command({"ECHO", text});
    resp::append_bulk(answers, text);
  }
  EXPECT_TRUE(client.ask(requests, answers) == answers);
}

TEST_P(Chat, DeliversToEverySubscriberInOrderAndToNobodyElse) {
  ServerProcess server(chat());
  std::vector<std::unique_ptr<Client>> news;
  for (int i = 0; i < 20; ++i) news.push_back(subscriber(server, "news"));
  const auto other = subscriber(server, "other");
  Client publisher(server.port());
  std::string requests;
  std::string answers;
  std::string pushes;
  for (int i = 0; i < 500; ++i) {
    const auto text = "message " + std::to_string(i);
    requests += command({"PUBLISH", "news", text});
    answers += ":20\r\n";
    pushes += push("news", text);
  }
  EXPECT_TRUE(publisher.ask(requests, answers) == answers);
  EXPECT_EQ(publisher.ask(command({"PUBLISH", "other", "x"}), ":1\r\n"), ":1\r\n");
  for (auto& client : news) ASSERT_TRUE(client->read(pushes.size()) == pushes);
  EXPECT_EQ(other->read(push("other", "x").size()), push("other", "x"));
}

TEST_P(Chat, PublishersOnBothSidesOfATopicDoNotBlockEachOther) {
  ServerProcess server(chat());
  constexpr int kPublishers = 8;
  constexpr int kMessages = 300;
  const auto listener = subscriber(server, "t");
  std::vector<std::unique_ptr<Client>> publishers;
  for (int p = 0; p < kPublishers; ++p) publishers.push_back(std::make_unique<Client>(server.port()));
  for (int p = 0; p < kPublishers; ++p) {
    std::string requests;
    for (int i = 0; i < kMessages; ++i)
      requests += command({"PUBLISH", "t", std::to_string(p) + " " + std::to_string(i)});
    publishers[static_cast<std::size_t>(p)]->send(requests);
  }
  std::vector<int> next(kPublishers, 0);
  for (int n = 0; n < kPublishers * kMessages; ++n) {
    listener->read_until("$1\r\nt\r\n");
    listener->read_until("\r\n");
    const std::string payload = listener->read_until("\r\n");
    int publisher = -1;
    int sequence = -1;
    ASSERT_EQ(std::sscanf(payload.c_str(), "%d %d", &publisher, &sequence), 2) << payload;
    ASSERT_EQ(sequence, next[static_cast<std::size_t>(publisher)]++) << "publisher " << publisher;
  }
}

TEST_P(Chat, EveryFlushThatTheModelOffersDelivers) {
  for (const auto kind : flushes_of(GetParam())) {
    const std::string flush = kind == servers::FlushKind::delay ? "delay:2ms" : std::string(to_string(kind));
    ServerProcess server(chat({"--flush", flush}));
    const auto first = subscriber(server, "t");
    const auto second = subscriber(server, "t");
    Client publisher(server.port());
    EXPECT_EQ(publisher.ask(command({"PUBLISH", "t", "x"}), ":2\r\n"), ":2\r\n") << flush;
    EXPECT_EQ(first->read(push("t", "x").size()), push("t", "x")) << flush;
    EXPECT_EQ(second->read(push("t", "x").size()), push("t", "x")) << flush;
    EXPECT_EQ(publisher.ask("QUIT\r\n", "+OK\r\n"), "+OK\r\n") << flush;
    EXPECT_EQ(publisher.read_to_end(), "") << flush;
  }
}

TEST_P(Chat, ASubscriberThatLeavesIsNotCountedAnyMore) {
  ServerProcess server(chat());
  Client publisher(server.port());
  auto stays = subscriber(server, "t");
  {
    const auto leaves = subscriber(server, "t");
    EXPECT_EQ(publisher.ask(command({"PUBLISH", "t", "x"}), ":2\r\n"), ":2\r\n");
    leaves->send("UNSUBSCRIBE t\r\n");
    EXPECT_THAT(leaves->read_until(":0\r\n"), StartsWith(push("t", "x")));
  }
  EXPECT_EQ(publisher.ask(command({"PUBLISH", "t", "y"}), ":1\r\n"), ":1\r\n");
  stays->reset();
  std::string answer;
  for (int attempt = 0; attempt < 1000 && answer != ":0\r\n"; ++attempt) {
    answer = publisher.ask(command({"PUBLISH", "t", "z"}), ":0\r\n");
  }
  EXPECT_EQ(answer, ":0\r\n");
}

TEST_P(Chat, ReportsItsTopics) {
  ServerProcess server(chat());
  const auto a = subscriber(server, "alpha");
  const auto b = subscriber(server, "beta");
  Client client(server.port());
  const std::string channels = "*2\r\n$5\r\nalpha\r\n$4\r\nbeta\r\n";
  EXPECT_EQ(client.ask("PUBSUB CHANNELS\r\n", channels), channels);
  const std::string numbers = "*2\r\n$5\r\nalpha\r\n:1\r\n";
  EXPECT_EQ(client.ask("PUBSUB NUMSUB alpha\r\n", numbers), numbers);
}

TEST_P(Chat, MalformedAndOversizedRequestsGetAnErrorAndTheEnd) {
  ServerProcess server(chat({"--max-message", "1000"}));
  Client bystander(server.port());
  Client malformed(server.port());
  malformed.send("PING\r\n*1\r\n+oops\r\n");
  EXPECT_THAT(malformed.read_to_end(), StartsWith("+PONG\r\n-ERR Protocol error: expected '$'"));
  Client oversized(server.port());
  oversized.send("*2\r\n$4\r\nECHO\r\n$5000\r\n");
  EXPECT_THAT(oversized.read_to_end(), HasSubstr("longer than the limit of 1000 bytes"));
  EXPECT_EQ(bystander.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
}

TEST_P(Chat, ASubscriberThatNeverReadsIsDisconnectedAndOthersLoseNothing) {
  ServerProcess server(chat({"--outbox", "262144", "--max-message", "20000"}));
  const auto reader = subscriber(server, "t");
  const auto sleeper = subscriber(server, "t", 16 << 10);
  Client publisher(server.port());
  const std::string payload(10'000, 'p');
  const std::string expected = push("t", payload);
  std::string answer;
  // The outbox, two socket buffers and, in the model `fork`, a socket pair can hold only so much.
  for (int i = 0; i < 3000 && answer != ":1\r\n"; ++i) {
    answer = publisher.ask(command({"PUBLISH", "t", payload}), ":2\r\n");
    ASSERT_TRUE(reader->read(expected.size()) == expected) << i;
  }
  EXPECT_EQ(answer, ":1\r\n") << "the sleeper was kept";
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.counts()["slow_disconnected"], 1U);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsTold = false;  // a sanitizer keeps what was freed, and has memory of its own
#else
constexpr bool kMemoryIsTold = true;
#endif

TEST_P(Chat, SubscribersThatNeverReadCostOthersNothingAndNoMoreMemoryThanTheirOutboxes) {
  ServerProcess server(chat({"--outbox", "1048576", "--max-message", "100000", "--slow-consumer", "drop"}));
  const auto reader = subscriber(server, "t");
  std::vector<std::unique_ptr<Client>> sleepers;
  for (int i = 0; i < 3; ++i) sleepers.push_back(subscriber(server, "t", 16 << 10));
  Client publisher(server.port());
  const std::string payload(20'000, 'p');
  std::string requests;
  std::string answers;
  std::string pushes;
  for (int i = 0; i < 10; ++i) {
    requests += command({"PUBLISH", "t", payload});
    answers += ":4\r\n";
    pushes += push("t", payload);
  }
  const auto publish = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      ASSERT_TRUE(publisher.ask(requests, answers) == answers) << i;
      ASSERT_TRUE(reader->read(pushes.size()) == pushes) << i;
    }
  };
  publish(5);
  const std::size_t before = server.resident_bytes();
  publish(300);  // 60 MB
  // An outbox of 1 MiB for each, in the model `fork` another of twice that in its child; and buffers grow by
  // doubling.
  if (kMemoryIsTold) {
    EXPECT_LT(server.resident_bytes(), before + (std::size_t{24} << 20));
  }
  sleepers.clear();
  EXPECT_EQ(server.stop(), 0);
  EXPECT_GT(server.counts()["deliveries_dropped"], 0U);
}

TEST_P(Chat, DroppingKeepsASlowSubscriberAndCountsEachDelivery) {
  for (const auto kind : flushes_of(GetParam())) {
    if (kind == servers::FlushKind::delay) continue;
    SCOPED_TRACE(to_string(kind));
    ServerProcess server(chat({"--outbox", "163840", "--max-message", "20000", "--slow-consumer", "drop",
                               "--flush", std::string(to_string(kind))}));
    const auto sleeper = subscriber(server, "t", 16 << 10);
    Client publisher(server.port());
    const std::string payload(10'000, 'p');
    constexpr std::size_t kMessages = 2000;
    std::string requests;
    std::string answers;
    for (int i = 0; i < 10; ++i) {
      requests += command({"PUBLISH", "t", payload});
      answers += ":1\r\n";
    }
    for (std::size_t i = 0; i < kMessages / 10; ++i) ASSERT_EQ(publisher.ask(requests, answers), answers);
    // The answer to this comes behind everything that was not dropped.
    sleeper->send("UNSUBSCRIBE\r\n");
    const std::string all = sleeper->read_until(":0\r\n");
    EXPECT_EQ(server.stop(), 0);
    const auto dropped = server.counts()["deliveries_dropped"];
    EXPECT_GT(dropped, 0U);
    std::size_t received = 0;
    for (std::size_t at = 0; (at = all.find("$10000\r\n", at)) != std::string::npos; ++at) ++received;
    EXPECT_EQ(received + dropped, kMessages);
  }
}

// What is published in one turn may be far longer than the outbox of a subscriber that reads all it is sent.
TEST_P(Chat, ABatchLongerThanTheOutboxHurtsNoSubscriberThatReads) {
  for (const auto kind : flushes_of(GetParam())) {
    const std::string flush = kind == servers::FlushKind::delay ? "delay:20ms" : std::string(to_string(kind));
    SCOPED_TRACE(flush);
    ServerProcess server(chat({"--outbox", "150000", "--max-message", "1000", "--flush", flush}));
    const auto reader = subscriber(server, "t");
    Client publisher(server.port());
    std::string requests;
    std::string answers;
    std::string pushes;
    for (int i = 0; i < 4000; ++i) {
      const std::string payload = std::to_string(i) + std::string(40, 'p');
      requests += command({"PUBLISH", "t", payload});
      answers += ":1\r\n";
      pushes += push("t", payload);
    }
    std::thread sender([&] { publisher.send(requests); });
    EXPECT_TRUE(reader->read(pushes.size()) == pushes);
    sender.join();
    EXPECT_TRUE(publisher.read(answers.size()) == answers);
  }
}

TEST_P(Chat, RefusesPolitelyPastItsLimitOfConnections) {
  ServerProcess server(chat({"--max-connections", "2"}));
  auto first = std::make_unique<Client>(server.port());
  Client second(server.port());
  EXPECT_EQ(first->ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  EXPECT_EQ(second.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  Client third(server.port());
  EXPECT_EQ(third.read_to_end(), "-ERR max number of clients reached\r\n");
  first->send("QUIT\r\n");
  EXPECT_EQ(first->read_to_end(), "+OK\r\n");
  first.reset();
  std::string answer;
  for (int attempt = 0; attempt < 1000 && answer != "+PONG\r\n"; ++attempt) {
    Client again(server.port());
    if (again.send_some("PING\r\n") > 0) answer = again.read_until("\r\n");
  }
  EXPECT_EQ(answer, "+PONG\r\n");
}

/// One loop knows when it has read all that has arrived; threads and processes end each by itself.
class ChatInOneLoop : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, ChatInOneLoop,
                         testing::Values("epoll", "epoll-edge", "broker", "broker:broadcast",
                                         "broker:writers"),
                         test_name);

TEST_P(ChatInOneLoop, WhatHasArrivedWhenItIsToEndIsDeliveredAsItsRepliesSay) {
  ServerProcess server(arguments(GetParam(), "chat"));
  Client subscriber(server.port());
  subscriber.send("SUBSCRIBE news\r\n");
  subscriber.read_until(":1\r\n");
  Client publisher(server.port());
  EXPECT_EQ(publisher.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  std::string requests;
  for (int i = 0; i < 2000; ++i)
    requests += "PUBLISH news '" + std::string(100, 'x') + "'\r\n";  // of several reads
  ::kill(server.pid(), SIGSTOP);
  const std::size_t sent = publisher.send_some(requests);
  ::kill(server.pid(), SIGTERM);
  ::kill(server.pid(), SIGCONT);
  const std::string replies = publisher.read_to_end();
  const std::string pushes = subscriber.read_to_end();
  const auto count = [](const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
  };
  EXPECT_GT(count(replies, ":1\r\n"), sent / 120 / 2);
  EXPECT_EQ(count(replies, ":1\r\n"), count(pushes, "message"));
  EXPECT_EQ(server.wait(), 0);
}

}  // namespace
}  // namespace threadmill::conformance
