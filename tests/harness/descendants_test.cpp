#include "harness/process/descendants.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "harness/process/tree_guard.h"

namespace threadmill::harness {
namespace {

using Clock = std::chrono::steady_clock;

/// `work` in a new process, which ends after it; after a minute in any case.
template <typename Work>
pid_t in_new_process(Work work) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::alarm(60);
  work();
  ::_exit(0);
}

void wait_for_a_signal() { ::pause(); }

/// Out of the group of its parent, and an orphan.
template <typename Work>
void detach(Work work) {
  const pid_t leaver = in_new_process([&] {
    ::setsid();
    in_new_process(work);
  });
  ::waitpid(leaver, nullptr, 0);
}

/// Each process forks its successor and ends.
void keep_forking() {
  const auto end = Clock::now() + std::chrono::seconds(60);
  while (Clock::now() < end) {
    if (::fork() != 0) ::_exit(0);
    ::setsid();
  }
}

class Descendants : public ::testing::Test {
 protected:
  Descendants() { adopt_orphans(); }
  ~Descendants() override { kill_leftover_children(); }
};

TEST_F(Descendants, AllAreKilledAndReaped) {
  in_new_process(wait_for_a_signal);
  in_new_process([] {
    ::signal(SIGTERM, SIG_IGN);
    in_new_process(wait_for_a_signal);
    ::raise(SIGSTOP);
  });
  detach(wait_for_a_signal);
  EXPECT_GE(count_descendants(), 3U);
  EXPECT_EQ(kill_leftover_children(), 0U);
  EXPECT_EQ(count_descendants(), 0U);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "nobody is left to reap";
}

TEST_F(Descendants, WhoKeepsForkingLoses) {
  for (int i = 0; i < 3; ++i) detach(keep_forking);
  EXPECT_EQ(kill_leftover_children(), 0U);
}

TEST_F(Descendants, KillingLeavesTheReapingToOthers) {
  const pid_t child = in_new_process(wait_for_a_signal);
  kill_descendants();
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST_F(Descendants, AGuardStrikesAtTheLimitOnly) {
  TreeGuard guard(0);
  const auto most = most_processes(0);
  for (std::size_t i = 0; i < most; ++i) in_new_process(wait_for_a_signal);
  guard.look();
  EXPECT_FALSE(guard.has_struck());
  EXPECT_EQ(count_descendants(), most);
  in_new_process(wait_for_a_signal);
  guard.look();
  EXPECT_TRUE(guard.has_struck());
  EXPECT_EQ(
      guard.describe(),
      "the server forks wildly: 257 processes, of 256 at the most (256, and 4 for each of 0 connections)");
  int status = 0;
  EXPECT_GT(::waitpid(-1, &status, 0), 0);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST_F(Descendants, AGuardIsNotFooledByOthersThatEndMeanwhile) {
  std::vector<pid_t> others;
  for (int i = 0; i < 300; ++i) others.push_back(in_new_process(wait_for_a_signal));
  TreeGuard guard(100);
  for (const pid_t other : others) {
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
  }
  for (std::size_t i = 0; i <= most_processes(100); ++i) in_new_process(wait_for_a_signal);
  guard.look();
  EXPECT_TRUE(guard.has_struck());
}

TEST(TreeGuard, EachConnectionMayHaveFourProcesses) {
  EXPECT_EQ(most_processes(0), 256U);
  EXPECT_EQ(most_processes(1000), 4256U);
}

}  // namespace
}  // namespace threadmill::harness
