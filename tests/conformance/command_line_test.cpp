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

TEST(ServerCommandLine, AWebPortInUseNamesItsOwnOption) {
  ServerProcess first(arguments("epoll", "echo"));
  ServerProcess second(arguments("epoll", "chat", {"--web", std::to_string(first.port())}));
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("choose another --web, or --web 0 for a free one"));
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
      {{"--model", "thread", "--flush", "delay:1ms"},
       "model thread has no such way to flush; give immediate or tick"},
      {{"--model", "broker", "--flush", "immediate"}, "broadcast has immediate"},
      {{"--model", "broker", "--distribute", "broadcast", "--flush", "tick"},
       "--flush tick: model broker has no such way to flush"},
      {{"--model", "broker", "--service", "echo", "--distribute", "writers"},
       "--distribute writers: changes nothing for model broker with --service echo"},
      {{"--model", "epoll", "--service", "echo", "--slow-consumer", "drop"},
       "--slow-consumer drop: changes nothing"},
      {{"--model", "thread", "--service", "echo", "--flush", "tick"}, "--flush tick: changes nothing"},
      {{"--model", "broker", "--distribute", "mail"}, "--distribute: 'mail' is not a way to distribute"},
      {{"--model", "epoll", "--distribute", "batch"}, "--distribute batch: model epoll has its one way"},
      {{"--model", "epoll", "--loops", "2"},
       "--loops 2: model epoll has no use for it; leave the option out"},
      {{"--model", "reuseport", "--loops", "2"}, "give --workers 2"},
      {{"--model", "broker", "--workers", "2"}, "give --loops 2"},
      {{"--model", "broker", "--loops", "65"}, "--loops"},
      {{"--model", "reuseport", "--workers", "65"}, "--workers 65: model reuseport has at most 64"},
      {{"--model", "epoll", "--workers", "2"}, "--workers 2: model epoll has no workers"},
      {{"--model", "broker", "--shard", "handoff"}, "--shard handoff: needs --loops 2 or more"},
      {{"--model", "epoll", "--flush", "later"}, "--flush: 'later' is not a way to flush"},
      {{"--model", "epoll", "--address", "localhost"}, "address 'localhost' is not a numeric IP address"},
      {{"--model", "epoll", "--outbox", "2048"},
       "--outbox 2048: has to hold the answer to the longest request"},
      {{"--model", "epoll", "--max-message", "1"}, "--max-message"},
      {{"--model", "epoll", "--service", "echo", "--journal", "/tmp/x"},
       "--journal: service echo has no rooms"},
      {{"--model", "broker", "--service", "web", "--loops", "2"}, "--loops 2: the web is served by one loop"},
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

TEST(ServerCommandLine, AJournalThatCannotBeOpenedIsNamedWithTheRemedy) {
  for (const std::string folder : {"/proc/no/such", "/etc/passwd"}) {
    ServerProcess server(arguments("epoll", "chat", {"--journal", folder}));
    EXPECT_EQ(server.wait(), 1);
    EXPECT_THAT(server.errors(), HasSubstr("--journal " + folder + ": "));
    EXPECT_THAT(server.errors(), HasSubstr("; give a folder that can be written"));
  }
}

}  // namespace
}  // namespace threadmill::conformance
