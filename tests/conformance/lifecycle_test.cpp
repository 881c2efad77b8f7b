#include <poll.h>
#include <signal.h>

#include <filesystem>
#include <thread>

#include "tests/conformance/every_model.h"

namespace threadmill::conformance {
namespace {

using testing::IsEmpty;

class Lifecycle : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Lifecycle, testing::ValuesIn(models_with("echo")), test_name);

/// Polls until `condition` holds; false after a generous limit.
template <typename Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

std::size_t open_descriptors(pid_t pid) {
  const auto folder = std::filesystem::path("/proc") / std::to_string(pid) / "fd";
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST_P(Lifecycle, SigtermAnswersWhatHasArrivedAndLeavesNothingBehind) {
  ServerProcess server(arguments(GetParam(), "chat"));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  for (auto& client : clients) ASSERT_EQ(client->ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  const auto children = server.children();
  ::kill(server.pid(), SIGSTOP);  // so that the requests surely lie in the sockets when the end comes
  for (const pid_t child : children) ::kill(child, SIGSTOP);
  for (auto& client : clients) client->send("ECHO goodbye\r\n");
  ::kill(server.pid(), SIGTERM);
  for (const pid_t child : children) ::kill(child, SIGCONT);
  ::kill(server.pid(), SIGCONT);
  for (auto& client : clients) EXPECT_EQ(client->read_to_end(), "$7\r\ngoodbye\r\n");
  EXPECT_EQ(server.wait(), 0);
  for (const pid_t child : children) EXPECT_EQ(::kill(child, 0), -1) << "child " << child << " is left";
  EXPECT_EQ(server.counts()["accepted"], 20U);
}

TEST_P(Lifecycle, SigtermEndsEvenWithAClientThatNeverReads) {
  ServerProcess server(arguments(GetParam(), "echo"));
  Client client(server.port(), 16 << 10);
  const std::string text(1 << 20, 'x');
  for (int stalls = 0; stalls < 20;) stalls += client.send_some(text) == 0 ? 1 : 0;
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(Lifecycle, ConnectionsComeAndGoWithoutATrace) {
  const std::vector<std::string> two_workers = {"--workers", "2"};
  const auto pool = servers::find_model(words_of(GetParam())[0])->traits.workers;
  const bool has_workers = pool != servers::Workers::none;
  const std::size_t at_rest = has_workers ? 2 : 0;  // children, of models whose workers are processes
  ServerProcess server(arguments(GetParam(), "chat", has_workers ? two_workers : std::vector<std::string>()));
  {
    Client first(server.port());
    ASSERT_EQ(first.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  }
  ASSERT_TRUE(eventually([&] { return server.children().size() <= at_rest; }));
  const std::size_t before = open_descriptors(server.pid());
  for (int i = 0; i < 500; ++i) {
    Client client(server.port());
    if (i % 5 == 0) {
      client.reset();
    } else {
      ASSERT_EQ(client.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
    }
  }
  EXPECT_TRUE(eventually([&] { return server.children().size() <= at_rest; }))
      << "zombies or children are left";
  EXPECT_TRUE(eventually([&] { return open_descriptors(server.pid()) <= before; })) << "descriptors are left";
}

TEST_P(Lifecycle, TwoThousandConnectionsAreServed) {
  ServerProcess server(arguments(GetParam(), "chat"));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 2000; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  for (auto& client : clients) client->send("PING\r\n");
  for (auto& client : clients) ASSERT_EQ(client->read(7), "+PONG\r\n");
  clients.clear();
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.counts()["accepted"], 2000U);
}

TEST_P(Lifecycle, OutOfDescriptorsItRefusesWithoutSpinningAndRecovers) {
  ServerProcess server(arguments(GetParam(), "chat"), 64);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 80; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  std::size_t served = 0;
  for (auto& client : clients) {
    if (client->send_some("PING\r\n") > 0 && client->read_until("\r\n") == "+PONG\r\n") ++served;
  }
  EXPECT_GT(served, 10U);
  EXPECT_LT(served, 64U);
  // While it is full and idle it must sleep: a server that spins uses all of this time, one that does not
  // next to none.
  const auto before = server.cpu_ns();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_LT(server.cpu_ns() - before, 150'000'000) << "it spins while it is full";
  clients.clear();
  EXPECT_TRUE(eventually([&] {
    Client client(server.port());
    return client.send_some("PING\r\n") > 0 && client.read_until("\r\n") == "+PONG\r\n";
  })) << "it does not recover";
}

TEST(ForkIsolation, AKilledChildHurtsNobodyElse) {
  ServerProcess server(arguments("fork", "chat"));
  Client stays(server.port());
  ASSERT_EQ(stays.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  const auto before = server.children();
  Client dies(server.port());
  dies.send("SUBSCRIBE t\r\n");
  dies.read_until(":1\r\n");
  for (const pid_t child : server.children()) {
    if (child != before.front()) ::kill(child, SIGKILL);
  }
  EXPECT_EQ(dies.read_to_end(), "");
  EXPECT_EQ(stays.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  EXPECT_TRUE(eventually([&] { return stays.ask("PUBLISH t x\r\n", ":0\r\n") == ":0\r\n"; }));
}

}  // namespace
}  // namespace threadmill::conformance
