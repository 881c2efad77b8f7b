#include <signal.h>

#include "tests/conformance/chat_client.h"
#include "tests/conformance/every_model.h"
#include "tests/support/eventually.h"

namespace threadmill::conformance {
namespace {

using testing::StartsWith;

class Chat : public testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> chat(const std::vector<std::string>& more = {}) {
    return arguments(GetParam(), "chat", more);
  }
};
INSTANTIATE_TEST_SUITE_P(Models, Chat, testing::ValuesIn(models_with("chat")), test_name);

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
  EXPECT_TRUE(eventually([&] {
    return publisher.ask(command({"PUBLISH", "t", "z"}), ":0\r\n") == ":0\r\n";
  }));
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

}  // namespace
}  // namespace threadmill::conformance
