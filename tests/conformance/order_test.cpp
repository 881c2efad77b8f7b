// Who hears what, and in which order, while others come and go.

#include <atomic>
#include <cstdio>
#include <thread>

#include "tests/conformance/chat_client.h"
#include "tests/conformance/every_model.h"

namespace threadmill::conformance {
namespace {

using testing::StartsWith;

constexpr int kPublishers = 6;
constexpr int kMessagesOfEach = 200;

/// The payload of the next message of the topic "t" that a subscriber hears.
std::string next_payload(Client& subscriber) {
  if (subscriber.read_until("$1\r\nt\r\n") != "*3\r\n$7\r\nmessage\r\n$1\r\nt\r\n") return "not a message";
  subscriber.read_until("\r\n");
  return subscriber.read_until("\r\n");
}

/// Every message of each publisher, once and in its order, and nothing behind them.
void expect_all_in_order(Client& listener) {
  std::vector<int> next(kPublishers, 0);
  for (int n = 0; n < kPublishers * kMessagesOfEach; ++n) {
    const std::string payload = next_payload(listener);
    int publisher = -1;
    int sequence = -1;
    ASSERT_EQ(std::sscanf(payload.c_str(), "%d %d", &publisher, &sequence), 2) << payload;
    ASSERT_EQ(sequence, next.at(static_cast<std::size_t>(publisher))++) << "publisher " << publisher;
  }
  listener.send("PING\r\n");
  EXPECT_EQ(listener.read_until("\r\n\r\n"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
}

/// Everybody is told how many heard it: those who stay, and visitors.
void expect_heard_by(Client& publisher, int listeners) {
  for (int i = 0; i < kMessagesOfEach; ++i) {
    const std::string answer = publisher.read_until("\r\n");
    ASSERT_THAT(answer, StartsWith(":"));
    ASSERT_GE(std::stoi(answer.substr(1)), listeners);
  }
}

/// Subscribers that leave in the middle of all that, each in another way.
void come_and_go(const ServerProcess& server, int visits) {
  for (int i = 0; i < visits; ++i) {
    const auto visitor = subscriber(server, "t");
    if (i % 4 == 0) visitor->reset();
    if (i % 4 == 1) visitor->send("UNSUBSCRIBE t\r\n");
    if (i % 4 == 2) visitor->half_close();
    if (i % 4 > 0 && i % 4 < 3) visitor->read_until(":0\r\n");
  }
}

class Order : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Order, testing::ValuesIn(models_with("chat")), test_name);

TEST_P(Order, IsThatOfEachPublisherWhileOthersComeAndGo) {
  ServerProcess server(arguments(GetParam(), "chat"));
  std::vector<std::unique_ptr<Client>> listeners;
  for (int i = 0; i < 4; ++i) listeners.push_back(subscriber(server, "t"));
  std::vector<std::unique_ptr<Client>> publishers;
  for (int p = 0; p < kPublishers; ++p) publishers.push_back(std::make_unique<Client>(server.port()));
  std::thread visitors([&] { come_and_go(server, 40); });
  for (int i = 0; i < kMessagesOfEach; ++i) {
    for (int p = 0; p < kPublishers; ++p) {
      publishers[static_cast<std::size_t>(p)]->send(
          command({"PUBLISH", "t", std::to_string(p) + " " + std::to_string(i)}));
    }
  }
  for (auto& publisher : publishers) expect_heard_by(*publisher, 4);
  for (auto& listener : listeners) expect_all_in_order(*listener);
  visitors.join();
  EXPECT_EQ(server.stop(), 0);
}

// Requests at full length ahead of each other's, as fast as sockets take them.
TEST_P(Order, HoldsUnderPipelinesFromAllSidesAtOnce) {
  ServerProcess server(arguments(GetParam(), "chat"));
  const auto listener = subscriber(server, "t");
  std::vector<std::unique_ptr<Client>> publishers;
  for (int p = 0; p < kPublishers; ++p) {
    std::string requests;
    for (int i = 0; i < kMessagesOfEach; ++i) {
      requests += command({"PUBLISH", "t", std::to_string(p) + " " + std::to_string(i)});
    }
    publishers.push_back(std::make_unique<Client>(server.port()));
    publishers.back()->send(requests);
  }
  expect_all_in_order(*listener);
  for (auto& publisher : publishers) expect_heard_by(*publisher, 1);
}

// A server that reads on as long as there is something to read never comes to the others.
TEST_P(Order, AClientThatNeverPausesHoldsUpNobody) {
  ServerProcess server(arguments(GetParam(), "chat"));
  Client other(server.port());
  ASSERT_EQ(other.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  Client flood(server.port());
  std::string requests;
  while (requests.size() < (64 << 10)) requests += command({"PUBLISH", "nobody", "x"});
  std::atomic<bool> enough = false;
  std::atomic<int> rounds = 0;
  std::thread sender([&] {
    for (; !enough; ++rounds) flood.send(requests);
    flood.half_close();
  });
  std::thread drain([&] { flood.read_to_end(); });
  while (rounds < 2) std::this_thread::yield();
  for (int i = 0; i < 5 && !HasFailure(); ++i) EXPECT_EQ(other.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  const auto late = subscriber(server, "t");
  EXPECT_EQ(other.ask(command({"PUBLISH", "t", "x"}), ":1\r\n"), ":1\r\n");
  EXPECT_EQ(late->read(push("t", "x").size()), push("t", "x"));
  enough = true;
  sender.join();
  drain.join();
}

}  // namespace
}  // namespace threadmill::conformance
