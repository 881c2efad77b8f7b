// The end of a server: what it still does, and what it leaves behind.

#include <signal.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include "tests/conformance/chat_client.h"
#include "tests/conformance/every_model.h"
#include "tests/conformance/process_family.h"
#include "tests/support/eventually.h"

namespace threadmill::conformance {
namespace {

using testing::IsEmpty;

class StoppingToOne : public testing::TestWithParam<std::string> {};
class Stopping : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, StoppingToOne, testing::ValuesIn(models_with("chat", Which::all_real)),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Models, Stopping, testing::ValuesIn(models_with("chat")), test_name);

/// Requests that surely lie in the sockets when the end comes are answered.
void expect_answers_at_the_end(ServerProcess& server, std::size_t clients, const std::function<void()>& end) {
  std::vector<std::unique_ptr<Client>> family;
  for (std::size_t i = 0; i < clients; ++i) family.push_back(std::make_unique<Client>(server.port()));
  for (auto& client : family) ASSERT_EQ(client->ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  freeze(server.pid());
  for (auto& client : family) client->send("ECHO goodbye\r\n");
  end();
  thaw(server.pid());
  for (auto& client : family) EXPECT_EQ(client->read_to_end(), "$7\r\ngoodbye\r\n");
  EXPECT_EQ(server.wait(), 0);
  EXPECT_THAT(living_in_group(server.pid()), IsEmpty());
  EXPECT_EQ(server.counts()["accepted"], clients);
}

TEST_P(Stopping, SigtermAnswersWhatHasArrivedAndLeavesNothingBehind) {
  ServerProcess server(arguments(GetParam(), "chat"));
  expect_answers_at_the_end(server, 20, [&] { ::kill(server.pid(), SIGTERM); });
}

TEST_P(StoppingToOne, SigtermAnswersTheOneClient) {
  ServerProcess server(arguments(GetParam(), "chat"));
  expect_answers_at_the_end(server, 1, [&] { ::kill(server.pid(), SIGTERM); });
}

// A terminal sends it to the children too.
TEST_P(StoppingToOne, CtrlCAnswersTheOneClient) {
  ServerProcess server(arguments(GetParam(), "chat"));
  expect_answers_at_the_end(server, 1, [&] { ::kill(-server.pid(), SIGINT); });
}

/// Servers with clients that never read, whom each gives the time to drain: side by side, as that takes long.
class Stuck {
 public:
  explicit Stuck(const std::vector<std::string>& arguments) : server_(arguments) {}

  /// Requests whose answers nobody takes. They are bytes to echo, too.
  void ask_without_reading() {
    clients_.push_back(std::make_unique<Client>(server_.port(), 16 << 10));
    clients_.back()->send_until_stuck(command({"ECHO", std::string(10'000, 'x')}), server_.pid());
  }
  void subscribe_without_reading() {
    clients_.push_back(subscriber(server_, "t", 16 << 10));
    Client publisher(server_.port());
    const std::string request = command({"PUBLISH", "t", std::string(100'000, 'x')});
    for (int i = 0; i < 100; ++i) ASSERT_EQ(publisher.ask(request, ":1\r\n"), ":1\r\n");
  }
  void ask_to_end() { ::kill(server_.pid(), SIGTERM); }
  void expect_ended() {
    EXPECT_EQ(server_.wait(), 0);
    EXPECT_THAT(living_in_group(server_.pid()), IsEmpty());
  }

 private:
  ServerProcess server_;
  std::vector<std::unique_ptr<Client>> clients_;
};

TEST_P(Stopping, SigtermEndsEvenWithClientsThatNeverRead) {
  Stuck chat(arguments(GetParam(), "chat", {"--slow-consumer", "drop"}));
  chat.ask_without_reading();
  chat.subscribe_without_reading();
  std::optional<Stuck> echo;
  if (!distributes(GetParam())) echo.emplace(arguments(GetParam(), "echo")).ask_without_reading();
  chat.ask_to_end();
  if (echo) echo->ask_to_end();
  chat.expect_ended();
  if (echo) echo->expect_ended();
}

// What publishers were told is on its way reaches the subscribers, in every way to flush.
TEST_P(Stopping, SigtermDeliversWhatWasPublished) {
  for (const auto kind : flushes_of(GetParam())) {
    const std::string flush = kind == servers::FlushKind::delay ? "delay:5ms" : std::string(to_string(kind));
    SCOPED_TRACE(flush);
    ServerProcess server(arguments(GetParam(), "chat", {"--flush", flush}));
    std::vector<std::unique_ptr<Client>> subscribers;
    for (int i = 0; i < 6; ++i) subscribers.push_back(subscriber(server, "t"));
    Client publisher(server.port());
    std::string requests;
    std::string answers;
    std::string pushes;
    for (int i = 0; i < 200; ++i) {
      requests += command({"PUBLISH", "t", std::to_string(i)});
      answers += ":6\r\n";
      pushes += push("t", std::to_string(i));
    }
    EXPECT_TRUE(publisher.ask(requests, answers) == answers);
    ::kill(server.pid(), SIGTERM);
    for (auto& client : subscribers) EXPECT_TRUE(client->read_to_end() == pushes);
    EXPECT_EQ(server.wait(), 0);
  }
}

/// One loop knows when it has read all that has arrived; threads and processes end each by itself.
class StoppingOneLoop : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, StoppingOneLoop,
                         testing::Values("select", "poll", "epoll", "epoll-edge", "broker",
                                         "broker:broadcast", "broker:writers"),
                         test_name);

TEST_P(StoppingOneLoop, WhatHasArrivedWhenItIsToEndIsDeliveredAsItsRepliesSay) {
  ServerProcess server(arguments(GetParam(), "chat"));
  const auto reader = subscriber(server, "news");
  Client publisher(server.port());
  EXPECT_EQ(publisher.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  std::string requests;
  for (int i = 0; i < 2000; ++i)
    requests += "PUBLISH news '" + std::string(100, 'x') + "'\r\n";  // of several reads
  freeze(server.pid());
  const std::size_t sent = publisher.send_some(requests);
  ::kill(server.pid(), SIGTERM);
  thaw(server.pid());
  const std::string replies = publisher.read_to_end();
  const std::string pushes = reader->read_to_end();
  const auto count = [](const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
  };
  EXPECT_GT(count(replies, ":1\r\n"), sent / 120 / 2);
  EXPECT_EQ(count(replies, ":1\r\n"), count(pushes, "message"));
  EXPECT_EQ(server.wait(), 0);
}

// Children and threads that are just being started, too, come to their end.
TEST_P(StoppingToOne, SigtermAmidAStormOfClientsLeavesNothingBehind) {
  for (int round = 0; round < 3; ++round) {
    ServerProcess server(arguments(GetParam(), "chat"));
    std::atomic<int> connected = 0;
    std::thread storm([&] {
      try {
        std::vector<std::unique_ptr<Client>> clients;
        for (; connected < 500; ++connected) {
          clients.push_back(std::make_unique<Client>(server.port()));
          clients.back()->send_some("PING\r\n");
        }
      } catch (const std::runtime_error&) {  // nobody listens any more
      }
    });
    while (connected < 30 * (round + 1)) std::this_thread::yield();
    EXPECT_EQ(server.stop(), 0);
    EXPECT_THAT(living_in_group(server.pid()), IsEmpty());
    storm.join();
  }
}

TEST_P(Stopping, KilledItLeavesNoChildBehind) {
  ServerProcess server(arguments(GetParam(), "chat"));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  for (auto& client : clients) ASSERT_EQ(client->ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  ::kill(server.pid(), SIGKILL);
  EXPECT_EQ(server.wait(), 128 + SIGKILL);
  for (auto& client : clients) EXPECT_EQ(client->read_to_end(), "");
  EXPECT_TRUE(eventually([&] { return living_in_group(server.pid()).empty(); }));
}

TEST(ForkIsolation, AKilledChildHurtsNobodyElse) {
  ServerProcess server(arguments("fork", "chat"));
  Client stays(server.port());
  ASSERT_EQ(stays.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  const auto before = family_of(server.pid());
  Client dies(server.port());
  dies.send("SUBSCRIBE t\r\n");
  dies.read_until(":1\r\n");
  for (const pid_t member : family_of(server.pid())) {
    if (std::find(before.begin(), before.end(), member) == before.end()) ::kill(member, SIGKILL);
  }
  EXPECT_EQ(dies.read_to_end(), "");
  EXPECT_EQ(stays.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  EXPECT_TRUE(eventually([&] { return stays.ask("PUBLISH t x\r\n", ":0\r\n") == ":0\r\n"; }));
}

}  // namespace
}  // namespace threadmill::conformance
