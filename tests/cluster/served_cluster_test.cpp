// `threadmill cluster serve`: a broker with NATS servers of its own, and that nothing of it is left.

#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <fstream>

#include "tests/cluster/nats_servers.h"
#include "tests/conformance/chat_client.h"
#include "tests/conformance/http_client.h"
#include "tests/end_to_end/run_in_folder.h"
#include "tests/support/children.h"
#include "tests/support/text_files.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;

/// The command, with a folder for temporary files that is its own.
class Served {
 public:
  explicit Served(const std::string& nodes, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"env",
                                      "TMPDIR=" + folder_.path().string(),
                                      built("threadmill"),
                                      "cluster",
                                      "serve",
                                      "--nodes",
                                      nodes,
                                      "--port",
                                      "0"};
    words.insert(words.end(), more.begin(), more.end());
    command_.emplace(words);
    eventually([&] { return command_->out().ends_with("\n") || !command_->err().empty(); });
    const auto lines = lines_of(command_->out());
    ready_ = nlohmann::json::parse(lines.empty() ? "" : lines.front(), nullptr, false);
  }

  /// Asks it to end, so that it is gone before its folder goes.
  ~Served() {
    if (command_->pid() < 0) return;
    ::kill(command_->pid(), SIGTERM);
    command_->wait();
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  bool is_ready() const { return ready_.is_object(); }
  std::uint16_t port() const { return ready_.at("port"); }
  pid_t victim() const { return ready_.at("victim_pid"); }
  pid_t victim_told_last() const {
    return nlohmann::json::parse(lines_of(command_->out()).back()).at("victim_pid");
  }
  Command& command() { return *command_; }
  /// What it has left among the temporary files, apart from those of the test.
  bool is_folder_empty() const { return std::filesystem::is_empty(folder_.path()); }

 private:
  TemporaryFolder folder_;
  std::optional<Command> command_;
  nlohmann::json ready_;
};

/// Orphans of what it starts become the test's own children.
class ServedClusterTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!is_nats_there()) GTEST_SKIP() << "nats-server is not installed";
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  }

  static bool everything_ends() {
    return eventually([] {
      while (::waitpid(-1, nullptr, WNOHANG) > 0) {
      }
      return my_children().empty();
    });
  }
};

bool is_descendant_of(pid_t process, pid_t ancestor) {
  while (process > 1 && process != ancestor) {
    std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    std::getline(stat, text);
    process = text.empty() ? 0 : std::stoi(text.substr(text.rfind(')') + 4));
  }
  return process == ancestor;
}

std::string name_of(pid_t process) {
  std::ifstream comm("/proc/" + std::to_string(process) + "/comm");
  std::string name;
  std::getline(comm, name);
  return name;
}

/// One that is refused, as there is no leader, is published again.
bool gets_through(Client& publisher, const std::string& text) {
  return eventually([&] {
    publisher.send("PUBLISH t " + text + "\r\n");
    return publisher.read_until("\r\n") == ":1\r\n";
  });
}

class ServedClusterOf : public ServedClusterTest, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Nodes, ServedClusterOf, testing::Values("1", "3"));

TEST_P(ServedClusterOf, ServesAndEndsWhenAskedLeavingNothing) {
  Served served(GetParam());
  ASSERT_TRUE(served.is_ready()) << served.command().err();
  EXPECT_EQ(name_of(served.victim()), "nats-server");
  EXPECT_TRUE(is_descendant_of(served.victim(), served.command().pid())) << "so that its cost is counted";
  Client hears(served.port()), publisher(served.port());
  hears.send("SUBSCRIBE t\r\n");
  hears.read_until(":1\r\n");
  EXPECT_EQ(publisher.ask("PUBLISH t text\r\n", ":1\r\n"), ":1\r\n") << "at once, when it says so";
  EXPECT_EQ(hears.read_until(push("t", "text")), push("t", "text"));
  ::kill(served.command().pid(), SIGTERM);
  const auto finished = served.command().wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
  EXPECT_EQ(my_children(), "");
  EXPECT_TRUE(served.is_folder_empty());
}

TEST_P(ServedClusterOf, AServerOfTheLogThatDiesComesBackOnWhatItHad) {
  Served served(GetParam());
  ASSERT_TRUE(served.is_ready()) << served.command().err();
  Client hears(served.port()), publisher(served.port());
  hears.send("SUBSCRIBE t\r\n");
  hears.read_until(":1\r\n");
  ASSERT_TRUE(gets_through(publisher, "before"));
  const auto count = [&] {
    int servers = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const pid_t process = std::atoi(entry.path().filename().c_str());
      servers += process > 0 && name_of(process) == "nats-server" &&
                 is_descendant_of(process, served.command().pid());
    }
    return servers;
  };
  const int all = count();
  EXPECT_EQ(std::to_string(all), GetParam());
  ::kill(served.victim(), SIGKILL);
  EXPECT_TRUE(eventually([&] { return name_of(served.victim()) != "nats-server"; }));
  EXPECT_TRUE(eventually([&] { return count() == all; }));
  EXPECT_TRUE(eventually([&] { return name_of(served.victim_told_last()) == "nats-server"; }))
      << "who leads now";
  // Of one that had lost the stream there would never be an answer: the broker makes it when it starts.
  EXPECT_TRUE(gets_through(publisher, "behind"));
  EXPECT_THAT(hears.read_until(push("t", "behind")), testing::StartsWith(push("t", "before")));
}

TEST_F(ServedClusterTest, Kill9LeavesNothing) {
  Served served("1");
  ASSERT_TRUE(served.is_ready()) << served.command().err();
  ::kill(served.command().pid(), SIGKILL);
  served.command().wait();
  EXPECT_TRUE(everything_ends());
  EXPECT_TRUE(served.is_folder_empty());
}

TEST_F(ServedClusterTest, Kill9OfTheWorkingHalfLeavesNothing) {
  Served served("1");
  ASSERT_TRUE(served.is_ready()) << served.command().err();
  ::kill(std::stoi(children_of(served.command().pid())), SIGKILL);
  EXPECT_EQ(served.command().wait().exit_code, 128 + SIGKILL);
  EXPECT_EQ(my_children(), "");
  EXPECT_TRUE(served.is_folder_empty());
}

TEST_F(ServedClusterTest, OneThatCannotServeSaysWhy) {
  Served first("1");
  ASSERT_TRUE(first.is_ready()) << first.command().err();
  const auto second =
      threadmill_cli({"cluster", "serve", "--nodes", "1", "--port", std::to_string(first.port())});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr("the broker exited with status 1: threadmill-server: "));
  EXPECT_EQ(threadmill_cli({"cluster", "serve", "--nodes", "2", "--port", "0"}).exit_code, 2);
}

TEST_F(ServedClusterTest, OffersTheWebToo) {
  Served served("1", {"--service", "web"});
  ASSERT_TRUE(served.is_ready()) << served.command().err();
  HttpClient client(served.port());
  EXPECT_EQ(client.ask("PUT", "/topics/t").status, 201);
  EXPECT_EQ(client.publish("t", "text").status, 200);
}

TEST_F(ServedClusterTest, EachServerOfTheLogMayHaveANetworkOfItsOwn) {
  Served served("3", {"--isolated", "--service", "chat"});
  if (!served.is_ready()) {
    ASSERT_THAT(served.command().err(), testing::AnyOf(HasSubstr("needs root"), HasSubstr("iproute2")));
    GTEST_SKIP() << served.command().err();
  }
  const auto network_of = [](const std::string& process) {
    return std::filesystem::read_symlink("/proc/" + process + "/ns/net");
  };
  EXPECT_NE(network_of(std::to_string(served.victim())), network_of("self"));
  Client publisher(served.port());
  EXPECT_EQ(publisher.ask("PUBLISH t text\r\n", ":0\r\n"), ":0\r\n");
}

/// As subjects of the harness: started, verified, loaded, stopped.
class ClusterAsSubject : public RunTest, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Shipped, ClusterAsSubject,
                         testing::Values("broker-jetstream-1", "broker-jetstream-3"),
                         [](const auto& each) { return each.index == 0 ? "Of1" : "Of3"; });

TEST_P(ClusterAsSubject, AnswersCorrectlyAndEndsWhenAsked) {
  if (!is_nats_there()) GTEST_SKIP() << "nats-server is not installed";
  const auto finished = run("tiny-chat.json", GetParam(), 1);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const auto file = results();
  ASSERT_EQ(file.trials.size(), 1U);
  const auto& trial = file.trials[0];
  EXPECT_EQ(trial.at("outcome"), "ok") << trial.dump();
  EXPECT_GT(trial.at("load").at("completed"), 0);
  EXPECT_EQ(trial.at("server").at("command").at(0), "threadmill") << "where it was built tells nothing";
}

TEST_P(ClusterAsSubject, LeavesNothingWhereTheRunIsInterrupted) {
  if (!is_nats_there()) GTEST_SKIP() << "nats-server is not installed";
  const TemporaryFolder temporary;
  auto words = arguments("tiny-chat.json", GetParam(), 1000);
  words.insert(words.begin(), {"env", "TMPDIR=" + temporary.path().string(), built("threadmill")});
  Command command(words);
  ASSERT_TRUE(eventually([&] { return !std::filesystem::is_empty(temporary.path()); })) << command.err();
  ::kill(command.pid(), SIGINT);
  const auto finished = command.wait();
  EXPECT_EQ(finished.exit_code, 130) << finished.err;
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
}

}  // namespace
}  // namespace threadmill::conformance
