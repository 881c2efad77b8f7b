#include "harness/process/child_process.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <csignal>

#include "harness/process/process_tree.h"

namespace threadmill::harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr seconds kPatience{20};

ChildCommand shell(const std::string& script) {
  ChildCommand command;
  command.argv = {"sh", "-c", script};
  return command;
}

TEST(ChildProcess, LinesAndExitStatusComeThrough) {
  EventLoop loop;
  ChildProcess child(loop, shell("echo one; echo two; exit 3"));
  ASSERT_TRUE(loop.wait_for([&] { return child.exit() && child.lines().at_end(); }, kPatience));
  EXPECT_EQ(child.lines().next(), "one");
  EXPECT_EQ(child.lines().next(), "two");
  EXPECT_EQ(child.lines().next(), std::nullopt);
  EXPECT_EQ(child.exit()->status, 3);
  EXPECT_EQ(child.exit()->describe(), "exited with status 3");
  EXPECT_GT(child.exit()->max_rss_bytes, 0);
}

TEST(ChildProcess, DeathBySignalIsNamed) {
  EventLoop loop;
  ChildProcess child(loop, shell("kill -9 $$"));
  ASSERT_TRUE(loop.wait_for([&] { return child.exit().has_value(); }, kPatience));
  EXPECT_EQ(child.exit()->signal, SIGKILL);
  EXPECT_THAT(child.exit()->describe(), HasSubstr("signal 9"));
}

TEST(ChildProcess, WordsAreArgumentsNotShell) {
  EventLoop loop;
  ChildCommand command;
  command.argv = {"echo", "$HOME; rm"};
  ChildProcess child(loop, command);
  ASSERT_TRUE(loop.wait_for([&] { return child.lines().has_line(); }, kPatience));
  EXPECT_EQ(child.lines().next(), "$HOME; rm");
}

// A CPU may go offline in mid-run. Were this to throw in the child, the test program would run on twice.
TEST(ChildProcess, CpusThatAreNotThereAreAnErrorThatNamesThem) {
  EventLoop loop;
  const pid_t tester = ::getpid();
  ChildCommand command = shell("true");
  command.cpus = {1023};
  try {
    ChildProcess child(loop, command);
    FAIL() << "no exception";
  } catch (const std::system_error& error) {
    if (::getpid() != tester) ::_exit(1);
    EXPECT_THAT(error.what(), HasSubstr("cannot start sh on CPUs 1023"));
    EXPECT_EQ(error.code().value(), EINVAL);
  }
}

TEST(ChildProcess, UnknownProgramIsAnErrorThatNamesIt) {
  EventLoop loop;
  ChildCommand command;
  command.argv = {"no-such-program-anywhere"};
  try {
    ChildProcess child(loop, command);
    FAIL() << "started";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no-such-program-anywhere"));
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
  }
}

TEST(ChildProcess, ReadsWhatItIsSent) {
  EventLoop loop;
  auto command = shell("read line; echo got $line; read line || echo end");
  command.with_stdin = true;
  ChildProcess child(loop, command);
  child.send_line("this");
  child.close_stdin();
  ASSERT_TRUE(loop.wait_for([&] { return child.lines().at_end(); }, kPatience));
  EXPECT_EQ(child.lines().next(), "got this");
  EXPECT_EQ(child.lines().next(), "end");
}

TEST(ChildProcess, LastWordsAreTheLastLineOfStandardError) {
  EventLoop loop;
  ChildProcess child(loop, shell("echo first >&2; echo 'out of luck' >&2"));
  ASSERT_TRUE(loop.wait_for([&] { return child.exit().has_value(); }, kPatience));
  EXPECT_EQ(child.last_words(), "out of luck");
}

TEST(ChildProcess, StandardErrorStaysBoundedAndItsTailSurvives) {
  EventLoop loop;
  auto command = shell("head -c 3000000 /dev/zero >&2; echo filled; read line; echo done >&2");
  command.with_stdin = true;
  ChildProcess child(loop, command);
  ASSERT_TRUE(loop.wait_for([&] { return child.lines().has_line(); }, kPatience));
  child.trim_stderr();
  EXPECT_EQ(child.last_words(), "");
  child.send_line("go");
  ASSERT_TRUE(loop.wait_for([&] { return child.exit().has_value(); }, kPatience));
  EXPECT_EQ(child.last_words(), "done");
}

TEST(ChildProcess, ALineWithoutEndIsTheEnd) {
  EventLoop loop;
  auto command = shell("echo short; while :; do printf xxxxxxxxxx; done");
  command.longest_line = 1000;
  ChildProcess child(loop, command);
  ASSERT_TRUE(loop.wait_for([&] { return child.lines().at_end(); }, kPatience));
  EXPECT_EQ(child.lines().next(), "short");
  EXPECT_EQ(child.lines().next(), std::nullopt);
  EXPECT_TRUE(child.lines().was_too_long());
}

TEST(ChildProcess, StopReachesOneThatIsStopped) {
  EventLoop loop;
  ChildProcess child(loop, shell("echo up; kill -STOP $$"));
  ASSERT_TRUE(loop.wait_for([&] { return child.lines().has_line(); }, kPatience));
  EXPECT_TRUE(child.stop(kPatience));
}

TEST(ChildProcess, RunsWhereItIsTold) {
  EventLoop loop;
  ChildCommand command;
  command.argv = {"grep", "Cpus_allowed_list", "/proc/self/status"};
  command.cpus = {os::allowed_cpus().front()};
  ChildProcess child(loop, command);
  ASSERT_TRUE(loop.wait_for([&] { return child.lines().has_line(); }, kPatience));
  EXPECT_EQ(child.lines().next(), "Cpus_allowed_list:\t" + std::to_string(command.cpus[0]));
}

TEST(ChildProcess, StopAsksFirst) {
  EventLoop loop;
  ChildProcess child(loop, shell("trap 'exit 0' TERM; echo up; while :; do sleep 0.01; done"));
  ASSERT_TRUE(loop.wait_for([&] { return child.lines().has_line(); }, kPatience));
  EXPECT_TRUE(child.stop(kPatience));
  EXPECT_EQ(child.exit()->status, 0);
}

TEST(ChildProcess, StopKillsWhatDoesNotListen) {
  EventLoop loop;
  ChildProcess child(loop, shell("trap '' TERM; echo up; while :; do sleep 0.01; done"));
  ASSERT_TRUE(loop.wait_for([&] { return child.lines().has_line(); }, kPatience));
  EXPECT_FALSE(child.stop(milliseconds(50)));
  EXPECT_EQ(child.exit()->signal, SIGKILL);
}

TEST(ChildProcess, NothingOfATreeIsLeft) {
  adopt_orphans();
  EventLoop loop;
  {
    // One child in the group, one that has left it (setsid) and whose parent has gone.
    ChildProcess child(loop, shell("sleep 600 & (setsid sleep 600 &) ; echo up; wait"));
    ASSERT_TRUE(loop.wait_for([&] { return child.lines().has_line(); }, kPatience));
  }
  kill_leftover_children();
  EXPECT_EQ(process_tree(::getpid()).size(), 1U);
}

TEST(EventLoop, SignalInterruptsAWait) {
  EventLoop loop;
  ::raise(SIGINT);
  EXPECT_THROW(loop.wait_for([] { return false; }, kPatience), Interrupted);
}

TEST(EventLoop, DeadlineEndsAWait) {
  EventLoop loop;
  EXPECT_FALSE(loop.wait_for([] { return false; }, milliseconds(1)));
}

TEST(EventLoop, TimersRepeatUntilTheirHandleGoes) {
  EventLoop loop;
  int calls = 0;
  auto timer = loop.repeat(milliseconds(1), [&] {
    ++calls;
    return milliseconds(1);
  });
  EXPECT_TRUE(loop.wait_for([&] { return calls == 3; }, kPatience));
  timer.reset();
  EXPECT_FALSE(loop.wait_for([&] { return calls > 3; }, milliseconds(20)));
}

}  // namespace
}  // namespace threadmill::harness
