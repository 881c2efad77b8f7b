#include "harness/watch/syscall_count.h"

#include <gmock/gmock.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "harness/trial/syscall_pass.h"
#include "tests/support/temporary_folder.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::string refusal(const std::vector<std::string>& roots) {
  try {
    syscall_tracepoint(roots);
  } catch (const CannotCount& reason) {
    return reason.what();
  }
  return "none";
}

TEST(SyscallTracepoint, IsWhereTracefsHasIt) {
  const TemporaryFolder folder;
  const auto root = folder.path() / "tracing";
  EXPECT_EQ(refusal({root.string()}), "tracefs is not mounted: mount -t tracefs nodev " + root.string());
  std::filesystem::create_directories(root / "events/raw_syscalls/sys_enter");
  EXPECT_THAT(refusal({root.string()}), HasSubstr("CONFIG_FTRACE_SYSCALLS"));
  folder.write("tracing/events/raw_syscalls/sys_enter/id", "357\n");
  EXPECT_EQ(syscall_tracepoint({(folder.path() / "elsewhere").string(), root.string()}), 357U);
}

void call_the_kernel(int times) {
  for (int i = 0; i < times; ++i) ::syscall(SYS_getppid);
}

void call_from_a_child(int times) {
  const pid_t child = ::fork();
  if (child == 0) {
    call_the_kernel(times);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
}

// Whether it is allowed depends on the machine; either way there is an answer.
TEST(SyscallCount, CountsThreadsAndChildrenThatHaveEndedOrSaysWhyItCannot) {
  try {
    const SyscallCount count({::getpid()});
    const auto before = count.read();
    call_the_kernel(1000);
    std::thread(call_the_kernel, 1000).join();
    call_from_a_child(1000);
    const auto after = count.read();
    EXPECT_GE(after.syscalls - before.syscalls, 3000);
    EXPECT_LT(after.syscalls - before.syscalls, 3300);
    EXPECT_GT(after.switches, before.switches) << "this thread waited for the child";
  } catch (const CannotCount& reason) {
    EXPECT_THAT(reason.what(), ::testing::AnyOf(HasSubstr("mount -t tracefs"), HasSubstr("run as root"),
                                                HasSubstr("CONFIG_FTRACE_SYSCALLS")));
  }
}

TEST(CountingPlan, IsTheSamePlanMadeShort) {
  const json long_one = {{"driver", "echo"},
                         {"connections", 64},
                         {"stop", {{"duration_s", 2.0}, {"warmup_s", 1.0}, {"steady", true}}}};
  const auto brief = counting_plan(long_one);
  EXPECT_LT(brief["stop"]["duration_s"], 1.0);
  EXPECT_LT(brief["stop"]["warmup_s"], 1.0);
  EXPECT_FALSE(brief["stop"].contains("steady"));
  EXPECT_EQ(brief["connections"], 64);
  EXPECT_EQ(counting_plan({{"stop", {{"duration_s", 0.02}}}})["stop"]["duration_s"], 0.02);
}

TEST(CountingPlan, HasAHundredMessagesOfEachClientAtMost) {
  EXPECT_EQ(counting_plan({{"stop", {{"messages", 10}}}})["stop"], json({{"messages", 10}}));
  EXPECT_EQ(counting_plan({{"stop", {{"messages", 100'000}}}})["stop"], json({{"messages", 100}}));
}

}  // namespace
}  // namespace threadmill::harness
