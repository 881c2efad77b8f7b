// Where a limit is met: of connections, of descriptors; and many clients below it.

#include <thread>

#include "tests/conformance/chat_client.h"
#include "tests/conformance/every_model.h"
#include "tests/conformance/process_family.h"
#include "tests/support/eventually.h"

namespace threadmill::conformance {
namespace {

class Limits : public testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> chat(const std::vector<std::string>& more = {}) {
    return arguments(GetParam(), "chat", more);
  }
};
INSTANTIATE_TEST_SUITE_P(Models, Limits, testing::ValuesIn(models_with("chat")), test_name);

using Clients = std::vector<std::unique_ptr<Client>>;

Clients connect(const ServerProcess& server, std::size_t count) {
  Clients clients;
  for (std::size_t i = 0; i < count; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  return clients;
}

/// Asks each; whoever is not served is told why and sees its end. Returns how many are served.
std::size_t served(Clients& clients) {
  std::size_t count = 0;
  for (auto& client : clients) {
    client->send_some("PING\r\n");
    const std::string answer = client->read_until("\r\n");
    if (answer == "+PONG\r\n") {
      ++count;
    } else {
      EXPECT_EQ(answer + client->read_to_end(), kRefusal);
    }
  }
  return count;
}

bool serves_one_more(const ServerProcess& server) {
  Client client(server.port());
  return client.send_some("PING\r\n") > 0 && client.read_until("\r\n") == "+PONG\r\n";
}

/// Whether it uses less than 5 % of a CPU in some stretch of time. What it uses is told in CPU time: a busy
/// machine gives a server that spins less, and one that sleeps no more.
bool sleeps(const ServerProcess& server) {
  constexpr auto kStretch = std::chrono::milliseconds(500);
  for (int attempt = 0; attempt < 10; ++attempt) {
    const auto before_ns = cpu_ns_of(server.pid());
    std::this_thread::sleep_for(kStretch);
    if (cpu_ns_of(server.pid()) - before_ns < std::chrono::nanoseconds(kStretch).count() / 20) return true;
  }
  return false;
}

TEST_P(Limits, PastThatOfConnectionsClientsAreRefusedPolitely) {
  ServerProcess server(chat({"--max-connections", "5"}));
  freeze(server.pid());  // so that all come at once
  auto clients = connect(server, 12);
  thaw(server.pid());
  EXPECT_EQ(served(clients), 5U);
  Client further(server.port());
  EXPECT_EQ(further.read_to_end(), kRefusal);
  clients.clear();
  EXPECT_TRUE(eventually([&] { return serves_one_more(server); }));
  // Places come back, all of them.
  EXPECT_TRUE(eventually([&] {
    auto again = connect(server, 5);
    return served(again) == 5;
  }));
  EXPECT_EQ(server.stop(), 0);
  EXPECT_GE(server.counts()["refused"], 8U);
}

// More come than the kernel may give descriptors for, unless it gives as many to each client's own process.
TEST_P(Limits, OutOfDescriptorsItRefusesPolitelyWithoutSpinningAndRecovers) {
  ServerProcess server(chat(), {.descriptors = 64});
  auto clients = connect(server, 250);
  const std::size_t first = served(clients);
  EXPECT_GT(first, 10U);
  EXPECT_TRUE(sleeps(server)) << "it spins while it is full";
  clients.clear();
  EXPECT_TRUE(eventually([&] { return serves_one_more(server); })) << "it does not recover";
  EXPECT_TRUE(eventually([&] {
    auto again = connect(server, 10);
    return served(again) == 10;
  })) << "it does not recover in full";
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(Limits, AThousandClientsAtOnce) {
  ServerProcess server(chat());
  auto clients = connect(server, 1000);
  for (auto& client : clients) client->send("SUBSCRIBE t\r\n");
  for (auto& client : clients) ASSERT_EQ(client->read_until(":1\r\n").back(), '\n');
  Client publisher(server.port());
  EXPECT_EQ(publisher.ask(command({"PUBLISH", "t", "x"}), ":1000\r\n"), ":1000\r\n");
  for (auto& client : clients) ASSERT_EQ(client->read(push("t", "x").size()), push("t", "x"));
  clients.clear();
  EXPECT_TRUE(eventually([&] {
    publisher.send(command({"PUBLISH", "t", "x"}));
    return publisher.read_until("\r\n") == ":0\r\n";
  }));
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.counts()["accepted"], 1001U);
}

// More than any pool has workers standing ready.
TEST_P(Limits, SilentAndHalfHeardClientsHoldUpNobody) {
  ServerProcess server(chat());
  auto silent = connect(server, 50);
  auto half = connect(server, 50);
  for (auto& client : half) client->send("*2\r\n$4\r\nECHO\r\n$5\r\nhel");
  Client other(server.port());
  EXPECT_EQ(other.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  for (auto& client : half) ASSERT_EQ(client->ask("lo\r\n", "$5\r\nhello\r\n"), "$5\r\nhello\r\n");
  EXPECT_EQ(served(silent), silent.size());
}

// Each of them is a state in which a readiness that is not waited for any more would wake a server again and
// again.
TEST_P(Limits, ItSleepsWhateverItsClientsLeaveUndone) {
  ServerProcess server(chat({"--slow-consumer", "drop", "--outbox", "1048576", "--max-message", "200000"}));
  const auto idle = subscriber(server, "t");
  const auto stuck = subscriber(server, "t", 16 << 10);
  Client half_heard(server.port());
  half_heard.send("ECHO hel");
  Client half_closed(server.port(), 16 << 10);
  const std::string long_request = command({"ECHO", std::string(10'000, 'x')});
  half_closed.send_until_stuck(long_request, server.pid());  // and never reads the answers
  half_closed.half_close();
  Client stuck_and_half_closed(server.port(), 16 << 10);
  stuck_and_half_closed.send("SUBSCRIBE t\r\n");
  stuck_and_half_closed.read_until(":1\r\n");
  Client publisher(server.port());
  const std::string payload(100'000, 'p');
  const std::string request = command({"PUBLISH", "t", payload});
  for (int i = 0; i < 100; ++i) {  // more than all buffers hold
    publisher.send(request);
    publisher.read_until("\r\n");
    idle->read(push("t", payload).size());
  }
  stuck_and_half_closed.half_close();
  EXPECT_TRUE(sleeps(server)) << "it spins";
  EXPECT_EQ(publisher.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
}

}  // namespace
}  // namespace threadmill::conformance
