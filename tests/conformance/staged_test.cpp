// What a server does on purpose in an experiment: --work and --fault, in every model.

#include <signal.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "servers/staged/staging.h"
#include "tests/conformance/every_model.h"
#include "tests/conformance/process_family.h"
#include "tests/support/eventually.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;

const std::string kTrigger(servers::kCrashTrigger);

class Staged : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Staged, testing::ValuesIn(models_with("echo", Which::all_real)), test_name);

/// How many clients it serves at a time: 4, or 1.
int clients_of(const std::string& variant) { return traits_of(variant).one_at_a_time ? 1 : 4; }

TEST_P(Staged, WorkTakesItsShareOfTheRequestsInEveryModel) {
  // One in ten of 200 requests: 20 times 4 ms.
  ServerProcess server(arguments(GetParam(), "echo", {"--work", "4ms:10%"}));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < clients_of(GetParam()); ++i) clients.push_back(std::make_unique<Client>(server.port()));
  for (auto& client : clients) ASSERT_EQ(client->ask("x", "x"), "x");
  const auto before = cpu_ns_of(server.pid());
  for (std::size_t i = 0; i < 200; ++i) ASSERT_EQ(clients[i % clients.size()]->ask("ping", "ping"), "ping");
  const auto burnt_ns = cpu_ns_of(server.pid()) - before;
  EXPECT_GE(burnt_ns, 20 * 4'000'000);
  EXPECT_LT(burnt_ns, 40 * 4'000'000) << "far more than its share";
}

TEST_P(Staged, ACrashingHandlerTakesItsClientWithIt) {
  ServerProcess server(arguments(GetParam(), "echo", {"--fault", "crash"}));
  std::optional<Client> other;  // which must not be in the way
  if (clients_of(GetParam()) > 1) {
    ASSERT_EQ(other.emplace(server.port()).ask("hello", "hello"), "hello");
  }
  Client crasher(server.port());
  ASSERT_EQ(crasher.ask("hello", "hello"), "hello");
  // In two pieces, as bytes may come.
  crasher.send(kTrigger.substr(0, 7));
  ASSERT_EQ(crasher.read(7), kTrigger.substr(0, 7));
  crasher.send(kTrigger.substr(7));
  EXPECT_EQ(crasher.read_to_end(), "");
  const auto& traits = traits_of(GetParam());
  const bool has_a_process =
      traits.processes && (traits.per_client || traits.workers == servers::Workers::spare);
  if (has_a_process) {
    EXPECT_EQ(other->ask("still there", "still there"), "still there");
  }
}

TEST_P(Staged, WithoutTheOptionTheTriggerIsBytesAsOthersAre) {
  ServerProcess server(arguments(GetParam(), "echo"));
  Client client(server.port());
  EXPECT_EQ(client.ask(kTrigger, kTrigger), kTrigger);
  EXPECT_EQ(client.ask("hello", "hello"), "hello");
}

class StagedChat : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, StagedChat, testing::ValuesIn(models_with("chat", Which::all_real)),
                         test_name);

TEST_P(StagedChat, ACrashingHandlerTakesItsClientWithIt) {
  ServerProcess server(arguments(GetParam(), "chat", {"--fault", "crash"}));
  Client crasher(server.port());
  ASSERT_EQ(crasher.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  crasher.send(kTrigger);
  EXPECT_EQ(crasher.read_to_end(), "");
}

TEST_P(StagedChat, WithoutTheOptionTheTriggerIsACommandThatNobodyKnows) {
  ServerProcess server(arguments(GetParam(), "chat"));
  Client client(server.port());
  client.send(kTrigger);
  EXPECT_THAT(client.read_until("\r\n"), HasSubstr("-ERR unknown command"));
  EXPECT_EQ(client.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
}

std::vector<std::string> models_with_processes() {
  auto names = models_with("echo");
  std::erase_if(names, [](const std::string& name) { return !traits_of(name).processes; });
  return names;
}

/// Models whose traits say so have processes that serve: one may die, and what it does not serve goes on.
class Processes : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Processes, testing::ValuesIn(models_with("echo", Which::all_real)),
                         test_name);

TEST_P(Processes, AreThereWhereTheTraitsSaySo) {
  ServerProcess server(arguments(GetParam(), "echo"));
  Client client(server.port());
  ASSERT_EQ(client.ask("hello", "hello"), "hello");
  EXPECT_EQ(!server.children().empty(), traits_of(GetParam()).processes)
      << "set .processes in the model's line in servers/registry.cpp to what it does";
}

class ServingProcesses : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, ServingProcesses, testing::ValuesIn(models_with_processes()), test_name);

TEST_P(ServingProcesses, AServerThatLosesOneToSigkillServesTheNextClient) {
  ServerProcess server(arguments(GetParam(), "echo"));
  {
    Client client(server.port());
    ASSERT_EQ(client.ask("hello", "hello"), "hello");
    const pid_t killed = server.children().front();
    ::kill(killed, SIGKILL);
    EXPECT_TRUE(eventually([&] { return !is_in_family(killed, server.pid()); })) << "nobody has noticed";
  }
  const auto serves = [&] {
    Client next(server.port());
    return next.send_some("again") > 0 && next.read(5) == "again";
  };
  EXPECT_TRUE(eventually(serves));
  EXPECT_EQ(server.stop(), 0);
}

TEST(StagedCommandLine, TheReadyLineTells) {
  ServerProcess server({"--model", "epoll", "--work", "5ms:1%", "--fault", "crash"});
  EXPECT_EQ(server.ready().at("work"), "5ms:1%");
  EXPECT_EQ(server.ready().at("fault"), "crash");
  ServerProcess plain({"--model", "epoll"});
  EXPECT_FALSE(plain.ready().contains("work"));
  EXPECT_FALSE(plain.ready().contains("fault"));
}

TEST(StagedCommandLine, MistakesNameTheOptionAndTheRemedy) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--model", "epoll", "--work", "5ms"}, "--work 5ms: give TIME:SHARE"},
      {{"--model", "epoll", "--work", "5ms:30%"}, "one in a whole number"},
      {{"--model", "epoll", "--fault", "hang"}, "--fault hang: there is no such fault; give crash"},
      {{"--model", "bare-epoll", "--work", "5ms:1%"}, "--work 5ms:1%: model bare-epoll runs no handlers"},
      {{"--model", "bare-epoll", "--fault", "crash"}, "--fault crash: model bare-epoll runs no handlers"},
  };
  for (const auto& [words, complaint] : cases) {
    ServerProcess server(words);
    EXPECT_EQ(server.wait(), 2) << complaint;
    EXPECT_THAT(server.errors(), HasSubstr(complaint));
  }
}

}  // namespace
}  // namespace threadmill::conformance
