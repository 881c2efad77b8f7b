// Servers that share a log on three real NATS servers, which are killed.

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "tests/cluster/nats_servers.h"
#include "tests/conformance/chat_client.h"
#include "tests/conformance/http_client.h"
#include "tests/support/command.h"
#include "tests/support/eventually.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ClusterTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!is_nats_there()) GTEST_SKIP() << "nats-server is not installed";
    nats.emplace();
    ASSERT_NE(nats->urls(), "") << nats->error();
  }
  std::vector<std::string> arguments(const std::string& service) const {
    return {"--model", "broker", "--service", service, "--port", "0", "--cluster", nats->urls()};
  }
  std::optional<NatsCluster> nats;
};

/// Publishes one message after the other until it is told to stop, and keeps those that were confirmed.
class Publisher {
 public:
  Publisher(const ServerProcess& server, std::string name)
      : client_(server.port()), name_(std::move(name)), thread_([this] { run(); }) {}
  ~Publisher() { stop(); }
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::size_t confirmed_count() const { return count_; }
  /// Once it has stopped.
  const std::vector<std::string>& confirmed() const { return confirmed_; }

 private:
  void run() {
    for (int number = 1; !stop_; ++number) {
      const auto text = name_ + "-" + std::to_string(number);
      client_.send("PUBLISH t " + text + "\r\n");
      if (client_.read_until("\r\n").starts_with(":")) {
        confirmed_.push_back(text);
        ++count_;
      }
    }
  }

  Client client_;
  const std::string name_;
  std::vector<std::string> confirmed_;
  std::atomic<std::size_t> count_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

/// The payloads of pushes of the topic t.
std::vector<std::string> payloads_in(const std::string& pushes) {
  std::vector<std::string> payloads;
  const std::string front = "*3\r\n$7\r\nmessage\r\n$1\r\nt\r\n$";
  for (std::size_t at = pushes.find(front); at != std::string::npos; at = pushes.find(front, at)) {
    const std::size_t text = pushes.find("\r\n", at + front.size()) + 2;
    at = pushes.find("\r\n", text);
    payloads.push_back(pushes.substr(text, at - text));
  }
  return payloads;
}

/// What is wrong with the order in which a publisher's messages came, "" if nothing.
std::string fault_of_order(const std::vector<std::string>& payloads) {
  std::map<std::string, int> latest;
  for (const auto& payload : payloads) {
    const auto dash = payload.find('-');
    if (dash == std::string::npos) continue;
    const int number = std::stoi(payload.substr(dash + 1));
    int& last = latest[payload.substr(0, dash)];
    if (number <= last) return payload + " came behind number " + std::to_string(last);
    last = number;
  }
  return {};
}

std::vector<std::string> missing_of(const std::vector<std::string>& confirmed,
                                    const std::vector<std::string>& heard) {
  const std::set<std::string> all(heard.begin(), heard.end());
  std::vector<std::string> missing;
  for (const auto& text : confirmed) {
    if (!all.contains(text)) missing.push_back(text);
  }
  return missing;
}

/// Nobody may have reaped one that has ended: then it has no command line any more.
bool lives(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
  return file.peek() != std::ifstream::traits_type::eof();
}

TEST_F(ClusterTest, ServersThatShareALogHaveTheSameTopics) {
  const ServerProcess a(arguments("chat")), b(arguments("chat"));
  ASSERT_NE(a.port(), 0) << a.errors();
  ASSERT_NE(b.port(), 0) << b.errors();
  EXPECT_EQ(a.ready().at("cluster_replicas"), 3);
  const auto at_a = subscriber(a, "t"), at_b = subscriber(b, "t");
  {
    Publisher one(a, "one"), two(b, "two");
    EXPECT_TRUE(eventually([&] { return one.confirmed_count() > 50 && two.confirmed_count() > 50; }));
  }
  Client last(a.port());
  EXPECT_EQ(last.ask("PUBLISH t end\r\n", ":1\r\n"), ":1\r\n") << "the subscribers of that server";
  const auto end = push("t", "end");
  const auto heard = at_a->read_until(end);
  EXPECT_EQ(at_b->read_until(end), heard) << "the log's order";
  EXPECT_EQ(fault_of_order(payloads_in(heard)), "");
}

TEST_F(ClusterTest, AStreamOfEventsGoesOnAtAnotherServer) {
  const ServerProcess a(arguments("web")), b(arguments("web"));
  ASSERT_NE(a.port(), 0) << a.errors();
  ASSERT_NE(b.port(), 0) << b.errors();
  EventClient stream(a.port(), "topic=t");
  HttpClient publisher(b.port());
  EXPECT_TRUE(eventually([&] { return publisher.ask("GET", "/topics/t").status == 200; }))
      << "the stream has created it, and the log told";
  EXPECT_EQ(publisher.publish("t", "first").status, 200);
  const auto first = stream.next();
  EXPECT_THAT(first.data, HasSubstr("first"));
  EXPECT_EQ(publisher.publish("t", "second").status, 200);
  const auto second = EventClient(b.port(), "topic=t&after=" + first.id).next();
  EXPECT_THAT(second.data, HasSubstr("second"));
  EXPECT_EQ(stream.next().id, second.id);
}

TEST_F(ClusterTest, WhatWasConfirmedOutlivesTheLeader) {
  const ServerProcess a(arguments("chat")), b(arguments("chat"));
  ASSERT_NE(a.port(), 0) << a.errors();
  ASSERT_NE(b.port(), 0) << b.errors();
  const auto at_a = subscriber(a, "t"), at_b = subscriber(b, "t");
  std::vector<std::string> confirmed;
  {
    Publisher one(a, "one"), two(b, "two");
    const auto both_go_on = [&] {
      const std::size_t one_had = one.confirmed_count(), two_had = two.confirmed_count();
      return eventually(
          [&] { return one.confirmed_count() > one_had + 50 && two.confirmed_count() > two_had + 50; });
    };
    ASSERT_TRUE(both_go_on());
    nats->kill_leader();
    ASSERT_TRUE(both_go_on()) << "a majority is left";
    nats->up();
    ASSERT_TRUE(both_go_on());
    for (auto* publisher : {&one, &two}) {
      publisher->stop();
      confirmed.insert(confirmed.end(), publisher->confirmed().begin(), publisher->confirmed().end());
    }
  }
  Client(a.port()).ask("PUBLISH t end\r\n", ":1\r\n");
  const auto end = push("t", "end");
  const auto heard = at_a->read_until(end);
  EXPECT_EQ(at_b->read_until(end), heard);
  const auto payloads = payloads_in(heard);
  EXPECT_THAT(missing_of(confirmed, payloads), IsEmpty());
  EXPECT_EQ(fault_of_order(payloads), "") << "each once, and in order";
}

TEST_F(ClusterTest, TheVerbTellsWhoLeadsAndEndsThemAll) {
  std::vector<pid_t> pids;
  for (const auto& server : nats->servers()) {
    pids.push_back(server.at("pid"));
    EXPECT_TRUE(server.at("runs"));
    EXPECT_EQ(server.at("stream_role"), "") << "nobody has made a stream yet";
  }
  EXPECT_EQ(pids.size(), 3U);
  EXPECT_TRUE(eventually([this] {
    const auto servers = nats->servers();
    return std::count_if(servers.begin(), servers.end(),
                         [](const auto& server) { return server.at("role") == "leader"; }) == 1;
  })) << "each tells what it knows, and not at once the same";
  EXPECT_THAT(nats->run("status").out, HasSubstr("leader"));
  EXPECT_EQ(nats->run("down").exit_code, 0);
  for (const pid_t pid : pids) EXPECT_FALSE(lives(pid)) << pid;
  const auto gone = nats->run("status");
  EXPECT_EQ(gone.exit_code, 2);
  EXPECT_THAT(gone.err, HasSubstr("threadmill cluster up"));
}

TEST(ClusterOption, SaysWhatDoesNotGoTogether) {
  const auto error_of = [](std::vector<std::string> more) {
    std::vector<std::string> words = {"--port", "0", "--cluster", "nats://127.0.0.1:1"};
    words.insert(words.end(), more.begin(), more.end());
    ServerProcess server(words);
    return std::to_string(server.wait()) + " " + server.errors();
  };
  EXPECT_THAT(error_of({"--model", "epoll", "--service", "chat"}),
              HasSubstr("2 threadmill-server: --cluster: model epoll"));
  EXPECT_THAT(error_of({"--model", "broker", "--service", "echo"}), HasSubstr("no topics"));
  EXPECT_THAT(error_of({"--model", "broker", "--service", "chat", "--loops", "2"}), HasSubstr("--loops"));
  EXPECT_THAT(error_of({"--model", "broker", "--service", "chat", "--journal", "x"}), HasSubstr("--journal"));
  EXPECT_THAT(error_of({"--model", "broker", "--service", "chat"}),
              HasSubstr("1 threadmill-server: --cluster: none of"));
}

}  // namespace
}  // namespace threadmill::conformance
