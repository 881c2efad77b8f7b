// Two people who talk with `threadmill chat`, over a real server.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "os/descriptor.h"
#include "tests/support/command.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace threadmill {
namespace {

using ::testing::HasSubstr;

/// A terminal chat whose keyboard is ours.
class Talker {
 public:
  Talker(int port, const std::string& name) {
    const std::string keyboard = (folder_.path() / "keyboard").string();
    ::mkfifo(keyboard.c_str(), 0600);
    keyboard_.reset(::open(keyboard.c_str(), O_RDWR | O_CLOEXEC));
    const std::string address = "127.0.0.1:" + std::to_string(port);
    program_ = std::make_unique<Command>(std::vector<std::string>{
        "/bin/sh", "-c",
        "exec " + built("threadmill") + " chat --connect " + address + " --name " + name + " < " + keyboard});
  }
  void type(const std::string& line) {
    const std::string text = line + "\n";
    ASSERT_EQ(::write(keyboard_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void expect_to_read(const std::string& text) {
    EXPECT_TRUE(eventually([&] { return program_->out().find(text) != std::string::npos; }))
        << "'" << text << "' is not in: " << program_->out() << program_->err();
  }
  void close_keyboard() { keyboard_.reset(); }
  void send_signal(int number) { ::kill(program_->pid(), number); }
  Finished wait() { return program_->wait(); }

 private:
  TemporaryFolder folder_;
  os::Descriptor keyboard_;
  std::unique_ptr<Command> program_;
};

class TerminalChat : public testing::Test {
 protected:
  TerminalChat()
      : server_({built("threadmill-server"), "--model", "broker", "--service", "chat", "--port", "0"}) {
    EXPECT_TRUE(eventually([&] { return server_.out().find('\n') != std::string::npos; })) << server_.err();
    const std::string out = server_.out();
    port_ = nlohmann::json::parse(out.substr(0, out.find('\n'))).at("port").get<int>();
  }
  Command server_;
  int port_ = 0;
};

TEST_F(TerminalChat, TwoPeopleTalk) {
  Talker ana(port_, "ana");
  ana.expect_to_read("* you are in sala, 1 here\n");
  Talker bia(port_, "bia");
  bia.expect_to_read("* you are in sala, 2 here\n");
  ana.expect_to_read("* bia joined sala\n");
  ana.type("bom dia");
  bia.expect_to_read("ana: bom dia\n");
  ana.expect_to_read("* has come to all 1: bom dia\n");
  bia.type("/tell ana psst");
  ana.expect_to_read("(to you) bia: psst\n");
  bia.type("/who");
  bia.expect_to_read("* 2 here: ana bia\n");
  bia.type("/history");
  bia.expect_to_read("* the latest 1 of sala\n  ana: bom dia\n");
  bia.type("sair");
  EXPECT_EQ(bia.wait().exit_code, 0);
  ana.expect_to_read("* bia left sala\n");
  ana.close_keyboard();
  const auto finished = ana.wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
}

TEST_F(TerminalChat, CtrlCLeavesCleanlyAndAKillDoesNot) {
  Talker ana(port_, "ana");
  ana.expect_to_read("* you are in sala, 1 here\n");
  for (const auto& [ending, notice] : {std::pair(SIGINT, "* bia left sala\n"),
                                       std::pair(SIGKILL, "* the connection to caio in sala was lost\n")}) {
    Talker other(port_, ending == SIGINT ? "bia" : "caio");
    other.expect_to_read("* you are in sala, 2 here\n");
    other.send_signal(ending);
    EXPECT_EQ(other.wait().exit_code, ending == SIGINT ? 0 : 128 + SIGKILL);
    ana.expect_to_read(notice);
  }
}

TEST_F(TerminalChat, SaysWhyItEnds) {
  Talker ana(port_, "ana");
  ana.expect_to_read("* you are in sala, 1 here\n");
  ::kill(server_.pid(), SIGTERM);
  const auto finished = ana.wait();
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("the server closed the connection"));
}

TEST(TerminalChatArguments, AreToldWhatIsWrongWithThem) {
  for (const std::string wrong :
       {"nowhere", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", "host:80"}) {
    const auto finished = threadmill_cli({"chat", "--connect", wrong});
    EXPECT_EQ(finished.exit_code, 2) << wrong;
    EXPECT_THAT(finished.err, HasSubstr("--connect " + wrong + ": give HOST:PORT with a numeric address"));
  }
  const auto finished = threadmill_cli({"chat", "--connect", "127.0.0.1:1"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err,
              HasSubstr("start a server with: threadmill serve --model broker --service chat --port 1"));
}

}  // namespace
}  // namespace threadmill
