#include "harness/watch/tree_watch.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/process/process_clock.h"
#include "os/clock.h"
#include "tests/harness/forked_child.h"

namespace threadmill::harness {
namespace {

constexpr std::int64_t kPlenty_ns = 1'000'000'000;
constexpr std::int64_t ms = 1'000'000;

TEST(ProcessClock, TellsOfAnyLivingProcessAndOfNoOther) {
  ForkedChild child(30 * ms);
  child.wait_until_done();
  EXPECT_GE(process_cpu_ns(child.pid()), 30 * ms);
  child.end();
  EXPECT_EQ(process_cpu_ns(child.pid()), std::nullopt);
  EXPECT_EQ(process_tick_times(child.pid()).user_ns, 0);
}

TEST(ProcessClock, TicksFindAProcessInItsOwnCodeOrInTheKernel) {
  const auto before = process_tick_times(::getpid());
  const auto start = os::thread_cpu_ns();
  while (os::thread_cpu_ns() - start < 200 * ms) {
  }
  const auto after = process_tick_times(::getpid());
  EXPECT_GT(after.user_ns + after.system_ns, before.user_ns + before.system_ns);
  EXPECT_GE(after.system_ns, before.system_ns);
}

TEST(TreeWatch, CountsAChildOnceItWasVisited) {
  TreeWatch watch(::getpid());
  watch.restart(take_snapshot(::getpid()));
  ForkedChild child(30 * ms);
  child.wait_until_done();
  const auto before = watch.point();
  watch.visit_some(0);
  EXPECT_EQ(watch.point().processes, before.processes) << "no budget, no visit";
  watch.visit_some(kPlenty_ns);
  watch.visit_some(kPlenty_ns);
  const auto after = watch.point();
  EXPECT_EQ(after.processes, before.processes + 1);
  EXPECT_GE(after.cpu_ns - before.cpu_ns, 30 * ms);
  EXPECT_GT(after.rss_bytes, before.rss_bytes);
}

TEST(TreeWatch, CpuTimeOfAChildOutlivesIt) {
  TreeWatch watch(::getpid());
  ForkedChild child(30 * ms);
  child.wait_until_done();
  watch.restart(take_snapshot(::getpid()));
  const auto living = watch.point();
  child.end();
  const auto after = watch.point();
  EXPECT_EQ(after.processes, living.processes - 1);
  EXPECT_GE(after.cpu_ns, living.cpu_ns) << "ticks are coarser than the child's clock was";
}

TEST(TreeWatch, CpuTimeOfAChildThatNobodySawIsInItsParentsAccount) {
  { const ForkedChild first(1); }  // so that this process is known to have had children
  TreeWatch watch(::getpid());
  watch.restart(take_snapshot(::getpid()));
  const auto before = watch.point();
  {
    ForkedChild child(100 * ms);
    child.wait_until_done();
  }
  watch.visit_some(kPlenty_ns);
  EXPECT_GE(watch.point().cpu_ns - before.cpu_ns, 80 * ms) << "two clock ticks may be cut off";
}

TEST(TreeWatch, CpuTimeNeverShrinksWhileChildrenComeAndGo) {
  TreeWatch watch(::getpid());
  watch.restart(take_snapshot(::getpid()));
  std::int64_t last_ns = 0;
  for (int i = 0; i < 40; ++i) {
    const ForkedChild child(2 * ms);
    watch.visit_some(kPlenty_ns);
    const auto cpu_ns = watch.point().cpu_ns;
    EXPECT_GE(cpu_ns, last_ns);
    last_ns = cpu_ns;
  }
}

TEST(ProcessTree, TotalHoldsReapedChildren) {
  const auto before_ns = tree_cpu_ns(process_tree(::getpid()));
  {
    ForkedChild child(100 * ms);
    child.wait_until_done();
  }
  EXPECT_GE(tree_cpu_ns(process_tree(::getpid())) - before_ns, 80 * ms);
}

TEST(ProcessTree, FaultsOfReapedChildrenAreKept) {
  const auto before = take_snapshot(::getpid());
  { const ForkedChild child(1); }
  const auto after = take_snapshot(::getpid());
  EXPECT_GT(after.minor_faults, before.minor_faults) << "a child cannot even start without";
}

TEST(ProcessTree, WhatBecameOfItsThreads) {
  TreeSnapshot none, before, now;
  before.threads = {{1, 0}, {2, 50}, {3, 0}, {9, 10}};
  now.threads = {{2, 70}, {9, 25}, {10, 12}};
  compare_threads(before, now);
  EXPECT_EQ(now.threads_gone, 2);
  EXPECT_EQ(now.busiest_thread_cpu_ns, 20);
  now.busiest_thread_cpu_ns = 0;
  compare_threads(none, now);
  EXPECT_EQ(now.threads_gone, 0);
  EXPECT_EQ(now.busiest_thread_cpu_ns, 70) << "a new one counts from its start";
}

}  // namespace
}  // namespace threadmill::harness
