// What only some models have: workers that stand ready, that die and are replaced; one client at a time.

#include <signal.h>

#include <algorithm>
#include <set>

#include "tests/conformance/every_model.h"
#include "tests/conformance/process_family.h"
#include "tests/conformance/sanitized.h"
#include "tests/support/eventually.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;

bool answers_ping(Client& client) { return client.ask("PING\r\n", "+PONG\r\n") == "+PONG\r\n"; }

// ---- one client at a time ----

TEST(Iterative, ASecondClientWaitsAndIsServedAfterTheFirst) {
  ServerProcess server(arguments("iterative", "chat"));
  auto first = std::make_unique<Client>(server.port());
  ASSERT_TRUE(answers_ping(*first));
  Client second(server.port());
  second.send("ECHO second\r\n");
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(answers_ping(*first));
  EXPECT_EQ(second.read_now(), "") << "it was served beside the first";
  first.reset();
  EXPECT_EQ(second.read_until("second\r\n"), "$6\r\nsecond\r\n");
}

TEST(Iterative, AStopRequestInterruptsTheClientAndAnswersWhatHasArrived) {
  for (const char* service : {"echo", "chat"}) {
    ServerProcess server(arguments("iterative", service));
    Client client(server.port());
    client.send("PING\r\n");
    ASSERT_THAT(client.read_until("\r\n"), HasSubstr("P"));
    ::kill(server.pid(), SIGSTOP);  // so that the request surely lies in the socket when the end comes
    client.send("PING\r\n");
    ::kill(server.pid(), SIGTERM);
    ::kill(server.pid(), SIGCONT);
    EXPECT_THAT(client.read_to_end(), HasSubstr("P")) << service;
    EXPECT_EQ(server.wait(), 0);
    EXPECT_EQ(server.counts()["accepted"], 1U);
  }
}

TEST(Iterative, AStopRequestEndsAClientThatNeverReads) {
  ServerProcess server(arguments("iterative", "echo"));
  Client client(server.port(), 16 << 10);
  const std::string text(1 << 20, 'x');
  for (int stalls = 0; stalls < 20;) stalls += client.send_some(text) == 0 ? 1 : 0;
  EXPECT_EQ(server.stop(), 0);
}

TEST(Iterative, ChatWorksForItsOneClientAndRoomsRememberForTheNext) {
  ServerProcess server(arguments("iterative", "chat"));
  for (const std::string name : {"ana", "bia"}) {
    Client client(server.port());
    EXPECT_EQ(client.ask("NICK " + name + "\r\nJOIN sala\r\n", "+OK\r\n:1\r\n"), "+OK\r\n:1\r\n");
    EXPECT_EQ(client.ask("SAY sala oi\r\n", ":0\r\n"), ":0\r\n");
    client.send("HISTORY sala\r\nSUBSCRIBE t\r\n");
    EXPECT_THAT(client.read_until("subscribe\r\n"), HasSubstr("ana"));
  }
  for (int i = 0; i < 200; ++i) {
    Client client(server.port());
    if (i % 5 == 0) client.send("half a req");
    if (i % 7 == 0) client.reset();
    if (i % 5 != 0 && i % 7 != 0) {
      ASSERT_TRUE(answers_ping(client));
    }
  }
  Client last(server.port());
  EXPECT_EQ(last.ask("PUBLISH t x\r\n", ":0\r\n"), ":0\r\n");
  EXPECT_EQ(last.ask("WHO\r\n", "*0\r\n"), "*0\r\n");
}

// ---- workers that stand ready ----

std::vector<std::string> models_with_workers(servers::Workers kind) {
  std::vector<std::string> names;
  for (const auto& model : servers::models()) {
    if (model.traits.workers == kind && serves(model.traits, "chat")) names.emplace_back(model.traits.name);
  }
  return names;
}

std::vector<std::unique_ptr<Client>> connect(const ServerProcess& server, std::size_t clients) {
  std::vector<std::unique_ptr<Client>> all;
  for (std::size_t i = 0; i < clients; ++i) all.push_back(std::make_unique<Client>(server.port()));
  return all;
}

/// Whether a new client is served, after some attempts.
bool serves_again(const ServerProcess& server) {
  return eventually([&] {
    Client client(server.port());
    return client.send_some("PING\r\n") > 0 && client.read_until("\r\n") == "+PONG\r\n";
  });
}

class SpareWorkers : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, SpareWorkers,
                         testing::ValuesIn(models_with_workers(servers::Workers::spare)), test_name);

// The main thread, and the sanitizer's own.
constexpr std::size_t kOtherThreads = kThreadSanitizer ? 2 : 1;

/// Worker processes or threads.
std::size_t workers_of(const ServerProcess& server) {
  const auto children = server.children().size();
  return children > 0 ? children : server.threads() - std::min(server.threads(), kOtherThreads);
}

TEST_P(SpareWorkers, MoreAreStartedForMoreClientsAndSurplusOnesEnd) {
  ServerProcess server(arguments(GetParam(), "chat", {"--workers", "2"}));
  ASSERT_TRUE(eventually([&] { return workers_of(server) == 2; }));
  auto clients = connect(server, 40);
  for (auto& client : clients) ASSERT_TRUE(answers_ping(*client));
  EXPECT_TRUE(eventually([&] { return workers_of(server) >= 42; })) << "two stand ready beside the busy ones";
  clients.clear();
  EXPECT_TRUE(eventually([&] { return workers_of(server) == 2; })) << workers_of(server);
  EXPECT_TRUE(serves_again(server));
  EXPECT_EQ(server.stop(), 0);
}

/// So many clients that are all served, after some attempts: places are free a moment after their clients
/// have left.
std::vector<std::unique_ptr<Client>> served_clients(const ServerProcess& server, std::size_t count) {
  std::vector<std::unique_ptr<Client>> clients;
  const bool all_are_served = eventually([&] {
    clients.clear();
    clients = connect(server, count);
    return std::all_of(clients.begin(), clients.end(), [](auto& client) {
      return client->send_some("PING\r\n") > 0 && client->read_until("\r\n") == "+PONG\r\n";
    });
  });
  EXPECT_TRUE(all_are_served);
  return clients;
}

TEST_P(SpareWorkers, TheLimitHoldsOverAllOfThem) {
  ServerProcess server(arguments(GetParam(), "chat", {"--workers", "3", "--max-connections", "5"}));
  for (int round = 0; round < 5; ++round) {
    const auto clients = served_clients(server, 5);
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(Client(server.port()).read_to_end(), "-ERR max number of clients reached\r\n");
    }
    for (auto& client : clients) ASSERT_TRUE(answers_ping(*client)) << round;
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_GE(server.counts()["refused"], 20U);
}

// What a worker keeps from one client to the next must not carry anything over.
TEST_P(SpareWorkers, NothingOfAClientReachesTheNext) {
  ServerProcess server(arguments(GetParam(), "chat", {"--workers", "1", "--max-connections", "2"}));
  Client publisher(server.port());
  ASSERT_EQ(publisher.ask("NICK ana\r\nJOIN sala\r\n", "+OK\r\n:1\r\n"), "+OK\r\n:1\r\n");
  std::string chatter;
  for (int i = 0; i < 50; ++i)
    chatter += "PUBLISH t for-the-former\r\nSAY sala for-the-former\r\nTELL bia psst\r\n";
  for (int round = 0; round < 40; ++round) {
    std::unique_ptr<Client> former;
    ASSERT_TRUE(eventually([&] {
      former = std::make_unique<Client>(server.port());
      return former->send_some("NICK bia\r\nJOIN sala\r\nSUBSCRIBE t\r\n") > 0 &&
             former->read_until(":1\r\n").substr(0, 3) == "+OK";
    }));
    publisher.send(chatter + "ECHO that-was-all\r\n");
    if (round % 2 == 0) {
      former->reset();
    } else {
      former.reset();
    }
    std::string heard;
    std::unique_ptr<Client> next;
    ASSERT_TRUE(eventually([&] {
      next = std::make_unique<Client>(server.port());
      heard = next->send_some("PING\r\nCLIENT GETNAME\r\n") > 0 ? next->read_until("$-1\r\n") : "";
      return !heard.empty() && heard[0] != '-';
    }));
    EXPECT_EQ(heard, "+PONG\r\n$-1\r\n") << round;
    EXPECT_THAT(publisher.read_until("that-was-all\r\n"), HasSubstr("that-was-all"));
    EXPECT_EQ(next->ask("ECHO end\r\n", "$3\r\nend\r\n"), "$3\r\nend\r\n");
    EXPECT_EQ(next->read_now(), "") << round;
    next.reset();
  }
}

// ---- workers that die ----

class WorkerProcesses : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, WorkerProcesses,
                         testing::Values("prefork", "prefork-dispatch", "process-loops"), test_name);

TEST_P(WorkerProcesses, OneThatIsKilledIsReplacedAndItsClientsCountNoMore) {
  ServerProcess server(
      arguments(GetParam(), "chat", {"--workers", "2", "--max-connections", "6", "--log", "connections"}));
  ASSERT_TRUE(eventually([&] { return server.children().size() == 2; }));
  Client watcher(server.port());
  ASSERT_EQ(watcher.ask("NICK ana\r\nJOIN sala\r\n", "+OK\r\n:1\r\n"), "+OK\r\n:1\r\n");
  const auto kill_all = [&] {
    const auto killed = server.children();
    for (const pid_t child : killed) ::kill(child, SIGKILL);
    return killed;
  };
  for (int round = 0; round < 3; ++round) {
    auto clients = connect(server, 4);
    for (auto& client : clients) client->send_some("PING\r\n");
    std::size_t served = 0;
    for (auto& client : clients) served += client->read_until("\r\n") == "+PONG\r\n" ? 1U : 0U;
    EXPECT_GE(served, round == 0 ? 4U : 1U);
    const auto killed = kill_all();
    for (auto& client : clients) EXPECT_EQ(client->read_to_end(), "");
    for (const pid_t child : killed)
      ASSERT_TRUE(eventually([&] { return !is_in_family(child, server.pid()); }));
    ASSERT_TRUE(eventually([&] { return server.children().size() >= 2; })) << "they are not replaced";
    ASSERT_TRUE(serves_again(server)) << round;
  }
  served_clients(server, 6).clear();  // all places are free again
  std::string nobody;
  EXPECT_TRUE(eventually([&] {
    Client again(server.port());
    if (again.send_some("WHO\r\n") > 0) nobody = again.read_until("\r\n");
    return nobody == "*0\r\n";
  })) << "the dead are in the lobby: "
      << nobody;
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(server.errors(), HasSubstr("a connection closed, 0 active\n"));
}

TEST_P(WorkerProcesses, OneThatIsKilledHurtsNobodyElse) {
  ServerProcess server(arguments(GetParam(), "chat", {"--workers", "2"}));
  ASSERT_TRUE(eventually([&] { return server.children().size() == 2; }));
  auto clients = connect(server, 20);
  for (auto& client : clients) {
    client->send("SUBSCRIBE t\r\n");
    client->read_until(":1\r\n");
  }
  // Those that were in another process still hear what is published, by a client of any.
  int left = 20;
  const auto publish = [&] {
    Client publisher(server.port());
    publisher.send_some("PUBLISH t x\r\n");
    const std::string answer = publisher.read_until("\r\n");
    if (answer.rfind(':', 0) == 0) left = std::stoi(answer.substr(1));
  };
  const auto still_there = [&] {
    return std::count_if(clients.begin(), clients.end(),
                         [](const auto& client) { return !client->has_ended(); });
  };
  for (int kills = 0; kills < 5 && still_there() == 20; ++kills) {  // one that stands ready has no client
    const pid_t killed = server.children().front();
    ::kill(killed, SIGKILL);
    ASSERT_TRUE(
        eventually([&] { return !is_in_family(killed, server.pid()); }));  // all that it held is closed
  }
  EXPECT_LT(still_there(), 20);
  EXPECT_TRUE(eventually([&] {  // a publication finds out
    publish();
    return left == still_there();
  })) << left
      << " of " << still_there();
  const bool one_client_each = traits_of(GetParam()).workers == servers::Workers::spare;
  EXPECT_GE(left, one_client_each ? 19 : 1);
  Client last(server.port());
  const std::string answer = ":" + std::to_string(left) + "\r\n";
  EXPECT_EQ(last.ask("PUBLISH t last\r\n", answer), answer);
  EXPECT_EQ(server.stop(), 0);
  int heard = 0;
  for (auto& client : clients) heard += client->read_to_end().find("last\r\n") != std::string::npos ? 1 : 0;
  EXPECT_EQ(heard, left);
}

}  // namespace
}  // namespace threadmill::conformance
