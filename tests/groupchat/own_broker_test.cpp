// `threadmill groupchat broker`: a node that is there for as long as the command.

#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "tests/groupchat/broker_fixture.h"
#include "tests/support/children.h"
#include "tests/support/command.h"
#include "tests/support/text_files.h"

namespace threadmill::groupchat {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// Whether a process has that text in its environment; it need not be a child.
bool anybody_knows(const std::string& text) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    try {
      if (contents_of(entry.path() / "environ").find(text) != std::string::npos) return true;
    } catch (const std::runtime_error&) {  // no process, or one that has just ended
    }
  }
  return false;
}

// For a node to start on a busy machine.
constexpr std::chrono::seconds kToStart{120};

class OwnBroker : public WithBroker {
 protected:
  /// Everything that it makes is in a folder that only its processes know.
  std::unique_ptr<Command> start() const {
    return std::make_unique<Command>(std::vector<std::string>{"env", "TMPDIR=" + folder_.path().string(),
                                                              built("threadmill"), "groupchat", "broker",
                                                              "--port", "0"});
  }
  static nlohmann::json ready_line_of(const Command& command) {
    EXPECT_TRUE(eventually([&] { return command.out().find('\n') != std::string::npos; }, kToStart))
        << command.err();
    return nlohmann::json::parse(command.out());
  }
  static BrokerAddress address_in(const nlohmann::json& ready) {
    return {.host = "127.0.0.1", .port = ready.at("port").get<std::uint16_t>()};
  }
  static bool takes_logins(const BrokerAddress& address) {
    try {
      try_login(address);
      return true;
    } catch (const BrokerError&) {
      return false;
    }
  }
  /// The node's own processes: what is started in its folder. The command itself has TMPDIR only.
  bool node_is_there() const { return anybody_knows(folder_.path().string() + "/threadmill-scratch"); }
  void expect_nothing_left() const {
    EXPECT_TRUE(eventually([&] { return !node_is_there(); }));
    EXPECT_TRUE(eventually([&] { return fs::is_empty(folder_.path()); }));
  }

  TemporaryFolder folder_;
};

TEST_F(OwnBroker, IsReadyWhenItSaysSoAndLeavesNothing) {
  for (const int signal : {SIGTERM, SIGINT}) {
    const auto command = start();
    const auto address = address_in(ready_line_of(*command));
    EXPECT_TRUE(takes_logins(address));
    EXPECT_TRUE(node_is_there());
    ::kill(command->pid(), signal);
    EXPECT_EQ(command->wait().exit_code, 0);
    expect_nothing_left();
    EXPECT_FALSE(takes_logins(address));
  }
}

TEST_F(OwnBroker, StartsAgainWhenItsNodeIsKilled) {
  const auto command = start();
  const auto ready = ready_line_of(*command);
  ASSERT_EQ(::kill(ready.at("victim_pid").get<pid_t>(), SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return !takes_logins(address_in(ready)); }));
  EXPECT_TRUE(eventually([&] { return takes_logins(address_in(ready)); }, kToStart)) << command->err();
  EXPECT_EQ(lines_of(command->out()).size(), 1U) << "it is told once";
  ::kill(command->pid(), SIGTERM);
  EXPECT_EQ(command->wait().exit_code, 0);
  expect_nothing_left();
}

TEST_F(OwnBroker, MayBeAskedToEndBeforeItIsReady) {
  const auto command = start();
  EXPECT_TRUE(eventually([&] { return node_is_there(); }));
  ::kill(command->pid(), SIGTERM);
  const auto finished = command->wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out, "");
  expect_nothing_left();
}

TEST_F(OwnBroker, AKillOfItsWorkingHalfLeavesNothing) {
  const auto command = start();
  ready_line_of(*command);
  ::kill(std::stoi(children_of(command->pid())), SIGKILL);
  command->wait();
  expect_nothing_left();
}

TEST_F(OwnBroker, AKillOfTheCommandTakesTheNodeWithIt) {
  const auto command = start();
  ready_line_of(*command);
  ::kill(command->pid(), SIGKILL);
  command->wait();
  expect_nothing_left();
}

TEST(OwnBrokerArguments, AreToldWhatIsWrongWithThem) {
  const auto misspelt = threadmill_cli({"groupchat", "brokr"});
  EXPECT_EQ(misspelt.exit_code, 2);
  EXPECT_THAT(misspelt.err, HasSubstr("did you mean 'broker'?"));
  const auto nobody = threadmill_cli({"groupchat"});
  EXPECT_EQ(nobody.exit_code, 2);
  EXPECT_THAT(nobody.err, HasSubstr("--user is required"));
}

}  // namespace
}  // namespace threadmill::groupchat
