#include "tests/conformance/every_model.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;

TEST(ServerCommandLine, APortInUseIsNamedWithTheRemedy) {
  ServerProcess first(arguments("epoll", "echo"));
  const std::string port = std::to_string(first.port());
  ServerProcess second({"--model", "epoll", "--service", "echo", "--port", port});
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("cannot listen on 127.0.0.1:" + port));
  EXPECT_THAT(second.errors(), HasSubstr("choose another --port"));
}

TEST(ServerCommandLine, SeveralLoopsShareTheirPortWithNobodyElse) {
  ServerProcess first(arguments("broker:loops:2", "chat"));
  const std::string port = std::to_string(first.port());
  ServerProcess second({"--model", "broker", "--loops", "2", "--service", "chat", "--port", port});
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("cannot listen on 127.0.0.1:" + port));
}

TEST(ServerCommandLine, BadArgumentsNameTheFlagAndExitWith2) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--model", "nonesuch"}, "--model"},
      {{"--service", "echo"}, "--model"},
      {{"--model", "bare-epoll", "--service", "chat"}, "model bare-epoll serves only echo"},
      {{"--model", "thread", "--flush", "delay:1ms"}, "model thread has no such way to flush"},
      {{"--model", "broker", "--flush", "immediate"}, "broadcast has immediate"},
      {{"--model", "broker", "--distribute", "broadcast", "--flush", "tick"},
       "--flush tick: model broker has no such way to flush"},
      {{"--model", "broker", "--distribute", "mail"}, "'mail' is not a way to distribute"},
      {{"--model", "epoll", "--distribute", "batch"}, "--distribute batch: model epoll has its one way"},
      {{"--model", "epoll", "--loops", "2"}, "--loops 2: model epoll has no use for several"},
      {{"--model", "broker", "--loops", "65"}, "--loops"},
      {{"--model", "broker", "--shard", "handoff"}, "--shard handoff: needs --loops 2 or more"},
      {{"--model", "epoll", "--flush", "later"}, "'later' is not a way to flush"},
      {{"--model", "epoll", "--address", "localhost"}, "address 'localhost' is not a numeric IP address"},
      {{"--model", "epoll", "--outbox", "2048"},
       "--outbox 2048: has to hold the answer to the longest request"},
      {{"--model", "epoll", "--max-message", "1"}, "--max-message"},
      {{"--model", "epoll", "--service", "chat", "--journal", "/tmp/x", "--history", "0"},
       "give --history 1 or more"},
      {{"--model", "epoll", "--service", "chat", "--journal", ""}, "--journal: the folder's name is empty"},
      {{"--model", "epoll", "--port", "70000"}, "--port"},
  };
  for (const auto& [words, complaint] : cases) {
    ServerProcess server(words);
    EXPECT_EQ(server.wait(), 2) << complaint;
    EXPECT_THAT(server.errors(), HasSubstr(complaint));
  }
}

}  // namespace
}  // namespace threadmill::conformance
