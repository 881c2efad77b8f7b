// What only some models have: workers that stand ready, that die and are replaced; one client at a time.

#include <signal.h>

#include <set>
#include <thread>

#include "tests/conformance/every_model.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;

/// Polls until `condition` holds; false after a generous limit.
template <typename Condition>
bool comes_true(Condition condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

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

}  // namespace
}  // namespace threadmill::conformance
