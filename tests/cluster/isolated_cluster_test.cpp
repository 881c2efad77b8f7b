// Three NATS servers, each on a network of its own, one of which is cut off.

#include <gmock/gmock.h>

#include "tests/cluster/nats_servers.h"
#include "tests/conformance/chat_client.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;

std::vector<std::string> devices() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net"))
    names.push_back(entry.path().filename().string());
  return names;
}

class IsolatedClusterTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!is_nats_there()) GTEST_SKIP() << "nats-server is not installed";
    nats.emplace(std::vector<std::string>{"--isolated"});
    if (nats->urls().empty()) {
      ASSERT_THAT(nats->error(), testing::AnyOf(HasSubstr("needs root"), HasSubstr("iproute2")));
      GTEST_SKIP() << nats->error();
    }
  }
  nlohmann::json server(const std::string& name) const {
    for (const auto& each : nats->servers()) {
      if (each.at("name") == name) return each;
    }
    return nullptr;
  }
  /// One that is cut off may believe for a while that it still leads.
  bool another_leads_than(const std::string& name) const {
    return eventually([&] {
      for (const auto& each : nats->servers()) {
        if (each.at("stream_role") == "leader" && each.at("name") != name) return true;
      }
      return false;
    });
  }
  std::optional<NatsCluster> nats;
};

TEST_F(IsolatedClusterTest, ALeaderThatIsCutOffIsReplacedAndCatchesUp) {
  const ServerProcess broker(
      {"--model", "broker", "--service", "chat", "--port", "0", "--cluster", nats->urls()});
  ASSERT_NE(broker.port(), 0) << broker.errors();
  const auto hears = subscriber(broker, "t");
  Client client(broker.port());
  EXPECT_EQ(client.ask("PUBLISH t before\r\n", ":1\r\n"), ":1\r\n");
  const auto leader = nats->leader().at("name").get<std::string>();

  EXPECT_EQ(nats->run("part", {leader}).exit_code, 0);
  ASSERT_TRUE(server(leader).at("parted").get<bool>());
  EXPECT_TRUE(server(leader).at("runs").get<bool>()) << "only its network is gone";
  EXPECT_TRUE(eventually([&] {
    client.send("PUBLISH t behind\r\n");
    return client.read_until("\r\n") == ":1\r\n";
  })) << "a majority is left";
  ASSERT_TRUE(another_leads_than(leader));

  EXPECT_EQ(nats->run("heal", {leader}).exit_code, 0);
  EXPECT_TRUE(eventually([&] { return server(leader).at("stream_role") == "follower"; })) << "of another one";
  EXPECT_FALSE(server(leader).at("parted").get<bool>());
  EXPECT_EQ(client.ask("PUBLISH t end\r\n", ":1\r\n"), ":1\r\n");
  EXPECT_THAT(hears->read_until(push("t", "end")), testing::StartsWith(push("t", "before")));
}

TEST_F(IsolatedClusterTest, OneThatWasKilledComesBackOnItsNetwork) {
  const auto killed = server("n2");
  ::kill(killed.at("pid").get<pid_t>(), SIGKILL);
  nats->up();
  const auto back = server("n2");
  EXPECT_EQ(back.at("address"), killed.at("address"));
  EXPECT_NE(back.at("pid"), killed.at("pid"));
  EXPECT_TRUE(eventually([&] { return server("n2").at("role") != ""; })) << "it has found the others";
}

TEST_F(IsolatedClusterTest, ItsNetworkGoesWithIt) {
  const std::string device = "threadmill" + [&] {
    const auto address = server("n1").at("address").get<std::string>();  // 198.19.NUMBER.11
    return address.substr(7, address.rfind('.') - 7);
  }();
  EXPECT_THAT(devices(), testing::Contains(device));
  EXPECT_EQ(nats->run("down").exit_code, 0);
  EXPECT_TRUE(eventually([&] {
    const auto left = devices();
    return std::find(left.begin(), left.end(), device) == left.end();
  }));
}

TEST_F(IsolatedClusterTest, ANodeThatIsNotThereIsNamed) {
  const auto finished = nats->run("part", {"n4"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("n4"));
}

TEST(PartingACluster, TakesOneThatIsIsolated) {
  if (!is_nats_there()) GTEST_SKIP() << "nats-server is not installed";
  const NatsCluster nats;
  ASSERT_NE(nats.urls(), "") << nats.error();
  for (const auto* noun : {"part", "heal"}) {
    const auto finished = nats.run(noun, {"n1"});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, HasSubstr("up --isolated"));
  }
  const auto again = nats.run("up", {"--isolated"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("cluster down"));
}

}  // namespace
}  // namespace threadmill::conformance
