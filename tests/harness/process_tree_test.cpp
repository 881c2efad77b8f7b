#include "harness/process/process_tree.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "harness/process/child_process.h"
#include "harness/process/proc_file.h"
#include "harness/watch/sampler.h"
#include "os/clock.h"
#include "tests/support/eventually.h"

namespace threadmill::harness {
namespace {

using std::chrono::seconds;

TEST(ProcFile, FindsWholeKeysOnly) {
  const std::string status =
      "nonvoluntary_ctxt_switches:\t7\nvoluntary_ctxt_switches:\t12\nVmPTE:\t   52 kB\n";
  EXPECT_EQ(proc_field(status, "voluntary_ctxt_switches:"), 12);
  EXPECT_EQ(proc_field(status, "nonvoluntary_ctxt_switches:"), 7);
  EXPECT_EQ(proc_field(status, "VmPTE:"), 52);
  EXPECT_EQ(proc_field(status, "VmSwap:"), 0);
}

TEST(ProcFile, WhatHasEndedIsEmpty) {
  EXPECT_EQ(read_proc_file("/proc/0/stat"), "");
  EXPECT_FALSE(read_proc_stat(0).valid);
}

// A shell that prints when its two children run, and waits for them.
TEST(ProcessTree, HoldsChildrenAndTheirs) {
  EventLoop loop;
  ChildCommand command;
  command.argv = {"sh", "-c", "sh -c 'sleep 60 & echo up; wait' & sleep 60 & wait"};
  ChildProcess child(loop, command);
  ASSERT_TRUE(loop.wait_for([&] { return child.lines().has_line(); }, seconds(20)));
  EXPECT_TRUE(eventually([&] { return process_tree(child.pid()).size() == 4; }));
  const auto snapshot = take_snapshot(child.pid());
  EXPECT_EQ(snapshot.point.processes, 4);
  EXPECT_EQ(snapshot.point.threads, 4);
  EXPECT_EQ(snapshot.kernel_stack_bytes, 4 * 16 * 1024);
  EXPECT_GT(snapshot.pss_bytes, 0);
  EXPECT_LT(snapshot.pss_bytes, snapshot.point.rss_bytes) << "four processes share their libraries";
  EXPECT_GT(snapshot.page_table_bytes, 0);
  EXPECT_TRUE(eventually([&] { return take_snapshot(child.pid()).voluntary_switches > 0; }));
}

TEST(ProcessTree, CountsCpuTimeOfTheLiving) {
  const auto before = tree_cpu_ns({::getpid()});
  const auto start = os::thread_cpu_ns();
  while (os::thread_cpu_ns() - start < 20'000'000) {
  }
  EXPECT_GE(tree_cpu_ns({::getpid()}) - before, 20'000'000);
}

TEST(ProcessTree, CountsThreads) {
  const auto before = take_snapshot(::getpid());
  std::promise<void> may_end;
  std::thread idle([ended = may_end.get_future()] { ended.wait(); });
  const auto during = take_snapshot(::getpid());
  may_end.set_value();
  idle.join();
  EXPECT_EQ(during.point.threads, before.point.threads + 1);
}

TEST(Sampler, KeepsGatesAndASeriesUpToTheLastGate) {
  EventLoop loop;
  Sampler sampler(loop, ::getpid());
  sampler.at_gate("connected");
  const auto has_series = [&] { return !sampler.to_json()["series"].empty(); };
  EXPECT_TRUE(loop.wait_for(has_series, seconds(20)));
  sampler.at_gate("measured");
  const auto samples = sampler.to_json();
  EXPECT_TRUE(samples["gates"].contains("connected"));
  EXPECT_GT(samples["gates"]["measured"]["cpu_ns"], samples["gates"]["connected"]["cpu_ns"]);
  EXPECT_GT(samples["pss_peak_bytes"], 0);
  EXPECT_GT(samples["sampler_cpu_ns"], 0);
  EXPECT_GT(samples["sampler_window_cpu_ns"], 0);
  EXPECT_LT(samples["sampler_window_cpu_ns"], samples["sampler_cpu_ns"]) << "gates are outside of the window";
}

TEST(Sampler, TellsHowManyThreadsHaveGoneSinceTheGateBefore) {
  EventLoop loop;
  Sampler sampler(loop, ::getpid());
  std::promise<void> may_end;
  std::thread thread([ended = may_end.get_future()] { ended.wait(); });
  sampler.at_gate("connected");
  may_end.set_value();
  thread.join();
  sampler.at_gate("measured");
  EXPECT_EQ(sampler.to_json()["gates"]["connected"]["threads_gone"], 0);
  EXPECT_EQ(sampler.to_json()["gates"]["measured"]["threads_gone"], 1);
}

TEST(Sampler, TellsWhatTheBusiestThreadUsedSinceTheGateBefore) {
  constexpr std::int64_t worked_ns = 30'000'000;
  EventLoop loop;
  Sampler sampler(loop, ::getpid());
  sampler.at_gate("connected");
  std::promise<void> has_worked, may_end;
  std::thread thread([&has_worked, ended = may_end.get_future()] {
    while (os::thread_cpu_ns() < worked_ns) {
    }
    has_worked.set_value();
    ended.wait();
  });
  has_worked.get_future().wait();
  sampler.at_gate("measured");
  may_end.set_value();
  thread.join();
  const auto measured = sampler.to_json()["gates"]["measured"];
  EXPECT_GE(measured["busiest_thread_cpu_ns"], worked_ns);
  EXPECT_LE(measured["busiest_thread_cpu_ns"], measured["cpu_ns"]);
}

}  // namespace
}  // namespace threadmill::harness
