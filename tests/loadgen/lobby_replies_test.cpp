// What a lobby tells those who speak: how many were told, and that each receiver has a message, once.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/run.h"
#include "protocol/resp_command.h"
#include "protocol/resp_encode.h"
#include "tests/loadgen/fake_broker.h"

namespace threadmill::load {
namespace {

struct Lies {
  std::uint64_t wrong_reply = 0;  ///< to the SAY of that number
  bool confirms_twice = false;    ///< the first message, and not the second
};

/// A lobby of one room and one topic.
class FakeLobby {
 public:
  explicit FakeLobby(Lies lies) : lies_(lies) {}

  void take(FakeServer& server, int connection, std::string_view bytes) {
    std::string& unread = unread_[connection];
    unread += bytes;
    for (;;) {
      std::vector<std::string_view> words;
      std::vector<std::string> unquoted;
      const auto parsed = resp::parse_command(unread, {}, words, unquoted);
      if (parsed.status != resp::CommandParse::Status::complete) return;
      run(server, connection, {words.begin(), words.end()});
      unread.erase(0, parsed.consumed);
    }
  }

 private:
  struct Waiting {
    int publisher;
    std::string id;
    std::size_t confirmed = 0;
  };

  void run(FakeServer& server, int connection, const std::vector<std::string>& words) {
    const auto reply = [&](std::size_t number) { server.send(connection, fmt::format(":{}\r\n", number)); };
    if (words[0] == "NICK") {
      server.send(connection, "+OK\r\n");
    } else if (words[0] == "JOIN") {
      receivers_.push_back(connection);
      reply(receivers_.size());
    } else if (words[0] == "SAY") {
      const std::string number = std::to_string(++said_);
      push(server, connection, "*5\r\n+said\r\n", {words[1], "somebody", number, words[2]});
      reply(receivers_.size() - (said_ == lies_.wrong_reply ? 2 : 1));
    } else if (words[0] == "SUBSCRIBE") {
      receivers_.push_back(connection);
      server.send(connection,
                  fmt::format("*3\r\n$9\r\nsubscribe\r\n${}\r\n{}\r\n:1\r\n", words[1].size(), words[1]));
    } else if (words[0] == "CONFIRM") {
      waiting_[words[2]] = {connection, words[1]};
      push(server, -1, "*3\r\n", {"message", words[4], words[5]});
      reply(receivers_.size());
    } else if (words[0] == "ACK") {
      reply(words.size() - 1);
      for (std::size_t i = 1; i < words.size(); ++i) confirm(server, waiting_.at(words[i]));
    }
  }

  void push(FakeServer& server, int except, std::string bytes, const std::vector<std::string>& words) {
    for (const auto& word : words) resp::append_bulk(bytes, word);
    for (const int receiver : receivers_) {
      if (receiver != except) server.send(receiver, bytes);
    }
  }

  void confirm(FakeServer& server, Waiting& waiting) {
    ++waiting.confirmed;
    std::string id = waiting.id;
    if (lies_.confirms_twice && std::stoul(id) == 1) id = std::string(id.size(), '0');
    std::string bytes = "*4\r\n+delivered\r\n";
    for (const auto& word : {id, std::to_string(waiting.confirmed), std::to_string(receivers_.size())}) {
      resp::append_bulk(bytes, word);
    }
    server.send(waiting.publisher, bytes);
  }

  Lies lies_;
  std::map<int, std::string> unread_;
  std::vector<int> receivers_;
  std::uint64_t said_ = 0;
  std::map<std::string, Waiting> waiting_;  // by sum
};

FakeServer::Handler lobby_server(Lies lies) {
  return [lobby = std::make_shared<FakeLobby>(lies)](FakeServer& server, int connection,
                                                     std::string_view bytes) {
    lobby->take(server, connection, bytes);
  };
}

LoadReport run_in_rooms(Lies lies) {
  FakeServer server(lobby_server(lies));
  return run_load(broker_plan(server, PubsubWire::rooms, 2, 3));
}

LoadReport run_confirmed(Lies lies) {
  FakeServer server(lobby_server(lies));
  Plan plan = broker_plan(server, PubsubWire::resp, 1, 3);
  plan.pubsub.confirm = true;
  plan.stall_timeout_s = 1;
  return run_load(plan);
}

TEST(LobbyReplies, HowManyWereToldIsJudged) {
  const auto honest = run_in_rooms({});
  EXPECT_EQ(honest.failure, std::nullopt);
  EXPECT_EQ(honest.integrity, Integrity{});
  EXPECT_EQ(honest.completed, 40U);
  EXPECT_EQ(run_in_rooms({.wrong_reply = 7}).integrity, (Integrity{.corrupt = 1}));
}

TEST(LobbyReplies, AMessageThatIsConfirmedTwiceStandsForNoOther) {
  const auto honest = run_confirmed({});
  EXPECT_EQ(honest.failure, std::nullopt);
  EXPECT_EQ(honest.integrity, Integrity{});
  EXPECT_EQ(honest.completed, 20U);
  const auto lying = run_confirmed({.confirms_twice = true});
  EXPECT_GT(lying.integrity.corrupt, 0U);
  ASSERT_TRUE(lying.failure) << "the second message is never confirmed, and nobody waits for that for ever";
  EXPECT_NE(lying.failure->find("stalled"), std::string::npos) << *lying.failure;
}

}  // namespace
}  // namespace threadmill::load
