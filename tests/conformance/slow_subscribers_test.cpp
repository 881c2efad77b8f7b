// Subscribers that read late or never, and clients that are stopped.

#include <thread>

#include "tests/conformance/chat_client.h"
#include "tests/conformance/client_process.h"
#include "tests/conformance/every_model.h"
#include "tests/conformance/process_family.h"
#include "tests/conformance/sanitized.h"
#include "tests/support/eventually.h"

namespace threadmill::conformance {
namespace {

class SlowSubscribers : public testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> chat(const std::vector<std::string>& more = {}) {
    return arguments(GetParam(), "chat", more);
  }
};
INSTANTIATE_TEST_SUITE_P(Models, SlowSubscribers, testing::ValuesIn(models_with("chat")), test_name);

TEST_P(SlowSubscribers, ASubscriberThatNeverReadsIsDisconnectedAndOthersLoseNothing) {
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

TEST_P(SlowSubscribers, SubscribersThatNeverReadCostOthersNothingAndNoMoreMemoryThanTheirOutboxes) {
  ServerProcess server(chat({"--outbox", "1048576", "--max-message", "100000", "--slow-consumer", "drop"}),
                       {.tells_memory = true});
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
  const std::size_t before = memory_bytes_of(server.pid());
  publish(kMemoryIsTold ? 300 : 60);  // 60 MB; where memory is not told, no more than fills all buffers
  // An outbox of 1 MiB for each, in the model `fork` another of twice that in its child; and buffers grow by
  // doubling.
  if (kMemoryIsTold) {
    EXPECT_LT(memory_bytes_of(server.pid()), before + kMemoryFactor * (std::size_t{24} << 20));
  }
  sleepers.clear();
  EXPECT_EQ(server.stop(), 0);
  EXPECT_GT(server.counts()["deliveries_dropped"], 0U);
}

TEST_P(SlowSubscribers, DroppingKeepsASlowSubscriberAndCountsEachDelivery) {
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

// What is published in one turn may be far longer than the outbox of a subscriber whose socket takes all of
// it.
TEST_P(SlowSubscribers, ABatchLongerThanTheOutboxHurtsNoSubscriberThatReads) {
  // Where processes serve, each publication is a turn of its own, and what waits in the parent for a process
  // that gets no CPU is charged to its client: there, all of it has room.
  const std::string outbox = traits_of(GetParam()).processes ? "1000000" : "150000";
  // So that it does not matter how soon this process gets a CPU to read.
  constexpr int kRoomForAll = 4 << 20;
  for (const auto kind : flushes_of(GetParam())) {
    const std::string flush = kind == servers::FlushKind::delay ? "delay:20ms" : std::string(to_string(kind));
    SCOPED_TRACE(flush);
    ServerProcess server(chat({"--outbox", outbox, "--max-message", "1000", "--flush", flush}));
    const auto reader = subscriber(server, "t", kRoomForAll);
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

/// A client that subscribes and ends with 0 when it has heard exactly `pushes`.
int hear(std::uint16_t port, const std::string& pushes) {
  Client client(port);
  client.send("SUBSCRIBE t\r\n");
  client.read_until(":1\r\n");
  if (client.read(pushes.size()) != pushes) return 1;
  client.send("UNSUBSCRIBE\r\n");
  return client.read_until(":0\r\n") == "*3\r\n$11\r\nunsubscribe\r\n$1\r\nt\r\n:0\r\n" ? 0 : 2;
}

// As Ctrl+Z stops one. What it misses stays within its outbox.
TEST_P(SlowSubscribers, AStoppedClientHoldsUpNobodyAndFindsAllOfItWhenItGoesOn) {
  ServerProcess server(chat());
  std::string requests;
  std::string answers;
  std::string pushes;
  for (int i = 0; i < 300; ++i) {
    const std::string payload = std::to_string(i) + std::string(10'000, 'p');
    requests += command({"PUBLISH", "t", payload});
    answers += ":2\r\n";
    pushes += push("t", payload);
  }
  ClientProcess stopped([&] { return hear(server.port(), pushes); });
  const auto reader = subscriber(server, "t");
  Client publisher(server.port());
  const std::string both = "*2\r\n$1\r\nt\r\n:2\r\n";
  ASSERT_TRUE(eventually([&] { return publisher.ask("PUBSUB NUMSUB t\r\n", both) == both; }));
  stopped.stop();
  std::thread sender([&] { publisher.send(requests); });
  EXPECT_TRUE(reader->read(pushes.size()) == pushes);
  sender.join();
  EXPECT_TRUE(publisher.read(answers.size()) == answers);
  stopped.go_on();
  EXPECT_EQ(stopped.wait(), 0);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.counts()["slow_disconnected"], 0U);
}

TEST_P(SlowSubscribers, AStoppedClientThatMissesTooMuchIsDisconnected) {
  ServerProcess server(chat({"--outbox", "262144", "--max-message", "20000"}));
  ClientProcess stopped([&] {
    const auto client = subscriber(server, "t");
    client->read_to_end();
    return 0;
  });
  Client publisher(server.port());
  const std::string one = "*2\r\n$1\r\nt\r\n:1\r\n";
  ASSERT_TRUE(eventually([&] { return publisher.ask("PUBSUB NUMSUB t\r\n", one) == one; }));
  stopped.stop();
  const std::string request = command({"PUBLISH", "t", std::string(10'000, 'p')});
  std::string answer;
  for (int i = 0; i < 3000 && answer != ":0\r\n"; ++i) answer = publisher.ask(request, ":1\r\n");
  EXPECT_EQ(answer, ":0\r\n") << "it was kept";
  stopped.go_on();
  EXPECT_EQ(stopped.wait(), 0) << "it is not told by the end of its connection";
}

}  // namespace
}  // namespace threadmill::conformance
