// Requests over RESP2 and their answers: what one client sees that is alone with the server.

#include "tests/conformance/chat_client.h"
#include "tests/conformance/every_model.h"
#include "tests/conformance/process_family.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Talk {
  std::string requests;
  std::string answers;
};

Talk echoes(int count, std::string_view text) {
  Talk talk;
  for (int i = 0; i < count; ++i) {
    const auto numbered = std::to_string(i) + std::string(text);
    talk.requests += command({"ECHO", numbered});
    resp::append_bulk(talk.answers, numbered);
  }
  return talk;
}

class Requests : public testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> chat(const std::vector<std::string>& more = {}) {
    return arguments(GetParam(), "chat", more);
  }
};
INSTANTIATE_TEST_SUITE_P(Models, Requests, testing::ValuesIn(models_with("chat", Which::all_real)),
                         test_name);

// The answer to the PING ahead of it tells that the server has read the first part, and no more.
TEST_P(Requests, SplitAtEveryByteAreAnswered) {
  ServerProcess server(chat());
  Client client(server.port());
  const std::string requests = "PING\r\n" + command({"ECHO", "a\r\nb"}) + "ECHO 'x y'\r\n";
  const std::string answers = "+PONG\r\n$4\r\na\r\nb\r\n$3\r\nx y\r\n";
  const std::string ahead = "+PONG\r\n";
  for (std::size_t cut = 1; cut < requests.size(); ++cut) {
    client.send("PING\r\n" + requests.substr(0, cut));
    std::string got = client.read(ahead.size());
    client.send(requests.substr(cut));
    got += client.read(answers.size());
    ASSERT_EQ(got, ahead + answers) << cut;
  }
  for (const char byte : requests) client.send({&byte, 1});
  EXPECT_EQ(client.read(answers.size()), answers);
}

TEST_P(Requests, PipelinedOnesAreAnsweredInOrder) {
  ServerProcess server(chat());
  Client client(server.port());
  const Talk talk = echoes(2000, {});
  EXPECT_TRUE(client.ask(talk.requests, talk.answers) == talk.answers);
}

TEST_P(Requests, ALongOneIsAnsweredInFull) {
  ServerProcess server(chat());
  Client client(server.port());
  const Talk talk = echoes(3, std::string(1'000'000, 'x'));
  EXPECT_TRUE(client.ask(talk.requests, talk.answers) == talk.answers);
}

TEST_P(Requests, AHalfCloseBehindThemIsAnsweredInFull) {
  ServerProcess server(chat());
  for (const std::string unfinished : {"", "*2\r\n$4\r\nECHO\r\n$5\r\nhel"}) {
    Client client(server.port());
    const Talk talk = echoes(2000, std::string(50, 'x'));
    client.send(talk.requests + unfinished);
    client.half_close();
    EXPECT_TRUE(client.read_to_end() == talk.answers);
  }
}

// Requests and the end behind them lie in the server's socket before it sees any of it.
TEST_P(Requests, WhatArrivedAtOnceIsAnsweredInFull) {
  ServerProcess server(chat());
  Client client(server.port());
  ASSERT_EQ(client.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  const Talk talk = echoes(500, std::string(30, 'x'));
  freeze(server.pid());
  client.send(talk.requests);
  client.half_close();
  thaw(server.pid());
  EXPECT_TRUE(client.read_to_end() == talk.answers);
}

TEST_P(Requests, WhatFollowsQuitIsNotAnswered) {
  ServerProcess server(chat());
  Client client(server.port());
  client.send("PING\r\nQUIT\r\nPING\r\n");
  EXPECT_EQ(client.read_to_end(), "+PONG\r\n+OK\r\n");
}

TEST_P(Requests, AMalformedOneGetsAnErrorAndTheEnd) {
  ServerProcess server(chat());
  Client malformed(server.port());
  malformed.send("PING\r\n*1\r\n+oops\r\n");
  EXPECT_THAT(malformed.read_to_end(), StartsWith("+PONG\r\n-ERR Protocol error: expected '$'"));
  Client next(server.port());
  EXPECT_EQ(next.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
}

TEST_P(Requests, AnOversizedOneGetsAnErrorAndTheEnd) {
  ServerProcess server(chat({"--max-message", "1000"}));
  const std::string announced = "*2\r\n$4\r\nECHO\r\n$300000\r\n";
  const std::string text(300'000, 'x');
  const std::pair<std::string, const char*> cases[] = {
      {announced, "longer than the limit of 1000 bytes"},
      {announced + text, "longer than the limit of 1000 bytes"},
      {"ECHO " + text, "too big inline request"},
  };
  for (const auto& [sent, complaint] : cases) {
    Client client(server.port());
    client.send_some(sent);  // as much as the server takes before it hangs up
    EXPECT_THAT(client.read_to_end(), HasSubstr(complaint));
  }
  Client next(server.port());
  EXPECT_EQ(next.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
}

}  // namespace
}  // namespace threadmill::conformance
