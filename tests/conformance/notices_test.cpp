// What the people of a room are told while others join, talk and leave at the same time.

#include <functional>
#include <map>
#include <thread>

#include "tests/conformance/chat_client.h"
#include "tests/conformance/every_model.h"

namespace threadmill::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kVisitingThreads = 4;
constexpr int kVisitsOfEach = 9;  // of each thread

/// The words of the next push that a client hears: an array of one simple string and bulk strings.
std::vector<std::string> next_push(Client& client) {
  const auto line = [&] {
    std::string text = client.read_until("\r\n");
    return text.substr(0, text.find('\r'));
  };
  std::vector<std::string> words;
  const std::string header = line();
  if (header.empty() || header[0] != '*') return {"not a push: " + header};
  const int count = std::stoi(header.substr(1));
  for (int i = 0; i < count; ++i) {
    const std::string start = line();
    if (start.empty()) return {"cut off"};
    words.push_back(start[0] == '$' ? line() : start.substr(1));
  }
  return words;
}

/// How visitors leave, in turn, and what the others are told.
struct Departure {
  std::string told;
  std::function<void(Client&)> leave;
};
const std::vector<Departure>& departures() {
  static const std::vector<Departure> all = {
      {"left",
       [](Client& visitor) {
         visitor.send("QUIT\r\n");
         visitor.read_to_end();
       }},
      {"left",
       [](Client& visitor) {
         visitor.send("PART sala\r\nECHO gone\r\n");
         visitor.read_until("gone\r\n");
       }},
      {"lost", [](Client& visitor) { visitor.reset(); }},
  };
  return all;
}

std::string name_of(int thread, int visit) {
  return "v" + std::to_string(thread) + "-" + std::to_string(visit);
}

void visit(const ServerProcess& server, int thread) {
  for (int i = 0; i < kVisitsOfEach; ++i) {
    Client visitor(server.port());
    visitor.send("NICK " + name_of(thread, i) + "\r\nJOIN sala\r\nSAY sala hello\r\nECHO that-was-all\r\n");
    EXPECT_THAT(visitor.read_until("that-was-all\r\n"), HasSubstr("+OK\r\n"));
    departures().at(static_cast<std::size_t>(i) % departures().size()).leave(visitor);
  }
}

/// Of each visitor: "joined", "said", and how it left, in this order, once. Numbers of messages only grow.
void expect_told_of_all(Client& watcher) {
  std::map<std::string, std::vector<std::string>> told;
  unsigned long last_number = 0;
  for (int i = 0; i < kVisitingThreads * kVisitsOfEach * 3; ++i) {
    const auto words = next_push(watcher);
    ASSERT_GE(words.size(), 3U) << words.at(0);
    ASSERT_EQ(words[1], "sala");
    told[words[2]].push_back(words[0] == "left" ? words.at(3) : words[0]);
    if (words[0] != "said") continue;
    ASSERT_EQ(words.at(4), "hello");
    ASSERT_GT(std::stoul(words.at(3)), last_number);
    last_number = std::stoul(words.at(3));
  }
  for (int thread = 0; thread < kVisitingThreads; ++thread) {
    for (int i = 0; i < kVisitsOfEach; ++i) {
      const auto& departure = departures().at(static_cast<std::size_t>(i) % departures().size());
      EXPECT_THAT(told[name_of(thread, i)], ElementsAre("joined", "said", departure.told))
          << name_of(thread, i);
    }
  }
}

std::unique_ptr<Client> watcher(const ServerProcess& server, const std::string& name) {
  auto client = std::make_unique<Client>(server.port());
  client->send("NICK " + name + "\r\nJOIN sala\r\n");
  EXPECT_THAT(client->read_until(":" + std::string(name == "ana" ? "1" : "2") + "\r\n"),
              HasSubstr("+OK\r\n"));
  return client;
}

class Notices : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Notices, testing::ValuesIn(models_with("chat")), test_name);

TEST_P(Notices, AreRightWhileManyJoinTalkAndLeaveAtOnce) {
  ServerProcess server(arguments(GetParam(), "chat"));
  const auto ana = watcher(server, "ana");
  const auto bia = watcher(server, "bia");
  EXPECT_THAT(next_push(*ana), ElementsAre("joined", "sala", "bia"));
  std::vector<std::thread> visitors;
  for (int thread = 0; thread < kVisitingThreads; ++thread)
    visitors.emplace_back([&, thread] { visit(server, thread); });
  expect_told_of_all(*ana);
  expect_told_of_all(*bia);
  for (auto& visitor : visitors) visitor.join();
  const std::string who = command({"ana", "bia"});
  EXPECT_EQ(ana->ask("WHO sala\r\n", who), who) << "and nothing behind the last notice";
  // Who has left the room, and then hangs up, is in the lobby until a loop finds the end of the connection.
  EXPECT_TRUE(eventually([&] { return Client(server.port()).ask("WHO\r\n", who) == who; }));
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace threadmill::conformance
