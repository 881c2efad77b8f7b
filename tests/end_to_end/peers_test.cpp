// The foreign servers of servers/peers, each through the whole path: started, verified, loaded, stopped.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "loadgen/pubsub_protocol.h"
#include "tests/end_to_end/run_in_folder.h"

namespace threadmill {
namespace {

struct Peer {
  const char* subject;
  const char* scenario;
  const char* program;  // without it, the test is skipped
};

std::string name_of_peer(const testing::TestParamInfo<Peer>& info) {
  std::string name = std::string(info.param.subject) + "_" + info.param.scenario;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

bool is_there(const std::string& program) {
  return std::system(fmt::format("command -v {} >/dev/null", program).c_str()) == 0;
}

void PrintTo(const Peer& peer, std::ostream* out) { *out << peer.subject << ' ' << peer.scenario; }

class Peers : public RunTest, public testing::WithParamInterface<Peer> {};
INSTANTIATE_TEST_SUITE_P(
    Shipped, Peers,
    testing::Values(
        Peer{"python-fork", "tiny-echo", "python3"}, Peer{"python-thread", "tiny-echo", "python3"},
        Peer{"python-asyncio", "tiny-echo", "python3"}, Peer{"python-thread", "tiny-chat", "python3"},
        Peer{"python-thread", "tiny-ping", "python3"}, Peer{"python-asyncio", "tiny-chat", "python3"},
        Peer{"python-asyncio", "tiny-ping", "python3"}, Peer{"python-asyncio", "tiny-web", "python3"},
        Peer{"node", "tiny-chat", "node"}, Peer{"node", "tiny-ping", "node"},
        Peer{"node", "tiny-web", "node"}, Peer{"node-redis", "tiny-chat", "redis-server"},
        Peer{"node-redis", "tiny-web", "redis-server"}, Peer{"node-broker", "tiny-chat", "node"},
        Peer{"node-broker", "tiny-web", "node"}, Peer{"nats-server", "tiny-nats", "nats-server"},
        Peer{"rabbitmq", "tiny-amqp", "/usr/lib/rabbitmq/bin/rabbitmq-server"}),
    name_of_peer);

TEST_P(Peers, AnswerCorrectlyAndEndWhenAsked) {
  const Peer& peer = GetParam();
  if (!is_there(peer.program)) GTEST_SKIP() << peer.program << " is not installed";
  if (peer.scenario == std::string("tiny-amqp") && !load::has_amqp())
    GTEST_SKIP() << "built without librabbitmq-dev";
  const auto finished = run(std::string(peer.scenario) + ".json", peer.subject, 1);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const auto file = results();
  ASSERT_EQ(file.trials.size(), 1U);
  const auto& trial = file.trials[0];
  EXPECT_EQ(trial.at("outcome"), "ok") << trial.dump();
  const auto& load = trial.at("load");
  EXPECT_GT(load.at("completed"), 0);
  for (const auto& [kind, count] : load.at("integrity").items()) EXPECT_EQ(count, 0) << kind;
  for (const auto& [kind, count] : load.at("errors").items()) EXPECT_EQ(count, 0) << kind;
}

}  // namespace
}  // namespace threadmill
