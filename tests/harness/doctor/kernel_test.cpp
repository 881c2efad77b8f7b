// Clocks, timers, memory, tracing, and how this program was built.
#include "harness/doctor/wake_ups.h"
#include "os/clock.h"
#include "tests/harness/doctor/staged_machine.h"

namespace threadmill::harness::doctor {
namespace {

TEST(DoctorClockSource, ASlowOneIsAProblem) {
  const std::string folder = "sys/devices/system/clocksource/clocksource0/";
  StagedMachine staged;
  EXPECT_THAT(check_clock_source(staged.machine), SaysOnly(Verdict::unknown, ""));
  for (const std::string quick : {"tsc", "kvm-clock", "arch_sys_counter"}) {
    staged.write(folder + "current_clocksource", quick + "\n");
    EXPECT_THAT(check_clock_source(staged.machine), SaysOnly(Verdict::ok, quick));
  }
  staged.write(folder + "current_clocksource", "hpet\n")
      .write(folder + "available_clocksource", "hpet acpi_pm \n");
  EXPECT_THAT(check_clock_source(staged.machine), Says(Verdict::problem, "hpet", "no quicker one"));
  staged.write(folder + "available_clocksource", "tsc hpet acpi_pm \n");
  EXPECT_THAT(check_clock_source(staged.machine),
              Says(Verdict::problem, "hpet", "echo tsc | sudo tee /" + folder + "current_clocksource"));
  staged.write(folder + "current_clocksource", "sundial\n");
  EXPECT_THAT(check_clock_source(staged.machine), SaysOnly(Verdict::unknown, "sundial"));
}

TEST(DoctorTimers, WithTheResolutionOfTicksAreAProblem) {
  Machine machine;
  EXPECT_THAT(check_timers(machine), SaysOnly(Verdict::ok, "high resolution"));
  machine.timer_resolution_ns = 4'000'000;
  EXPECT_THAT(check_timers(machine), Says(Verdict::problem, "4.0 ms", "highres=off"));
}

TEST(DoctorTimerSlack, MoreThanUsualIsAWarning) {
  StagedMachine staged;
  EXPECT_THAT(check_timer_slack(staged.machine), SaysOnly(Verdict::unknown, ""));
  staged.write("proc/self/timerslack_ns", "50000\n");
  EXPECT_THAT(check_timer_slack(staged.machine), SaysOnly(Verdict::ok, "50 us"));
  staged.write("proc/self/timerslack_ns", "1000000\n");
  EXPECT_THAT(check_timer_slack(staged.machine),
              Says(Verdict::warning, "1000 us", "echo 50000 > /proc/$$/timerslack_ns"));
}

TEST(DoctorWakeUps, AreJudgedByMedianAndTail) {
  StagedMachine staged;
  EXPECT_THAT(check_wake_ups(staged.machine), SaysOnly(Verdict::unknown, "nobody looked"));
  staged.machine.wake_ups = {.count = 400, .median_us = 60, .p99_us = 900, .worst_us = 5000};
  EXPECT_THAT(
      check_wake_ups(staged.machine),
      SaysOnly(Verdict::ok, "of 400 sleeps the median ended 60 us late, p99 900 us, the worst 5000 us"));
  staged.machine.wake_ups = {.count = 400, .median_us = 250, .p99_us = 900, .worst_us = 5000};
  EXPECT_THAT(check_wake_ups(staged.machine), Says(Verdict::warning, "250 us", "quieten"));
  staged.machine.wake_ups = {.count = 400, .median_us = 60, .p99_us = 2000, .worst_us = 5000};
  EXPECT_THAT(check_wake_ups(staged.machine), Says(Verdict::warning, "p99 2000 us", "quieten"));
  staged.in_a_virtual_machine();
  staged.machine.wake_ups = {.count = 400, .median_us = 60, .p99_us = 20'000, .worst_us = 50'000};
  EXPECT_THAT(check_wake_ups(staged.machine), Says(Verdict::problem, "p99 20000 us", kOnlyTheHost));
}

TEST(DoctorWakeUps, AreMeasured) {
  const std::int64_t before_ns = os::monotonic_ns();
  const auto late = measure_wake_ups(std::chrono::milliseconds(20));
  const double took_us = static_cast<double>(os::monotonic_ns() - before_ns) / 1000;
  // A timer is never early, nor is a thread awake at once; and the naps and what they were late took their
  // time.
  EXPECT_GT(late.median_us, 0);
  EXPECT_GE(took_us, static_cast<double>(late.count) * 1000 + late.worst_us);
  EXPECT_LE(late.count, 21U);
}

TEST(DoctorMemory, LittleIsAWarningThenAProblem) {
  StagedMachine staged;
  EXPECT_THAT(check_memory(staged.machine), SaysOnly(Verdict::unknown, "meminfo"));
  staged.write("proc/meminfo", "MemTotal: 9000000 kB\nMemAvailable: 8388608 kB\n");
  EXPECT_THAT(check_memory(staged.machine), SaysOnly(Verdict::ok, "8192 MiB available"));
  staged.write("proc/meminfo", "MemAvailable: 1048576 kB\n");
  EXPECT_THAT(check_memory(staged.machine), Says(Verdict::warning, "1024 MiB", "top"));
  staged.write("proc/self/cgroup", "0::/a\n")
      .write("sys/fs/cgroup/a/memory.current", "0\n")
      .write("sys/fs/cgroup/a/memory.max", "134217728\n");
  EXPECT_THAT(check_memory(staged.machine),
              Says(Verdict::problem, "128 MiB available, by the limit in", "MemoryMax="));
}

TEST(DoctorSwap, InUseIsAWarning) {
  StagedMachine staged;
  EXPECT_THAT(check_swap(staged.machine), SaysOnly(Verdict::unknown, ""));
  staged.write("proc/meminfo", "SwapTotal: 0 kB\nSwapFree: 0 kB\n");
  EXPECT_THAT(check_swap(staged.machine), SaysOnly(Verdict::ok, "none"));
  staged.write("proc/meminfo", "SwapTotal: 2048000 kB\nSwapFree: 2048000 kB\n");
  EXPECT_THAT(check_swap(staged.machine), SaysOnly(Verdict::ok, "0 of 2000 MiB"));
  staged.write("proc/meminfo", "SwapTotal: 2048000 kB\nSwapFree: 1024000 kB\n");
  EXPECT_THAT(check_swap(staged.machine), Says(Verdict::warning, "1000 of 2000 MiB", "sudo swapoff -a"));
}

TEST(DoctorHugePages, ForEverybodyAreAWarning) {
  const std::string file = "sys/kernel/mm/transparent_hugepage/enabled";
  StagedMachine staged;
  EXPECT_THAT(check_huge_pages(staged.machine), SaysOnly(Verdict::ok, "none"));
  staged.write(file, "always [madvise] never\n");
  EXPECT_THAT(check_huge_pages(staged.machine), SaysOnly(Verdict::ok, "madvise"));
  staged.write(file, "[always] madvise never\n");
  EXPECT_THAT(check_huge_pages(staged.machine), Says(Verdict::warning, "always", "echo madvise"));
}

TEST(DoctorNuma, SeveralNodesAreAWarning) {
  StagedMachine staged;
  EXPECT_THAT(check_numa(staged.machine), SaysOnly(Verdict::unknown, ""));
  staged.write("sys/devices/system/node/online", "0\n");
  EXPECT_THAT(check_numa(staged.machine), SaysOnly(Verdict::ok, "one node"));
  staged.write("sys/devices/system/node/online", "0-1\n")
      .write("sys/devices/system/node/node0/cpulist", "0-7\n");
  EXPECT_THAT(check_numa(staged.machine),
              Says(Verdict::warning, "2 nodes", "taskset --cpu-list 0-7 ./threadmill"));
  staged.write("proc/sys/kernel/numa_balancing", "1\n");
  EXPECT_THAT(check_numa(staged.machine),
              Says(Verdict::warning, "moves pages", "sysctl -w kernel.numa_balancing=0; taskset"));
}

TEST(DoctorBuild, WithoutOptimisationOrWithSanitizersIsAProblem) {
  const auto with = [](const char* type, const char* flags) {
    Machine machine;
    machine.build_type = type;
    machine.compiler_flags = flags;
    return check_build(machine);
  };
  EXPECT_THAT(with("Release", "-O2 -g -DNDEBUG"), SaysOnly(Verdict::ok, "Release (-O2"));
  EXPECT_THAT(with("Debug", "-g"), Says(Verdict::problem, "Debug", "./threadmill run"));
  EXPECT_THAT(with("", ""), Says(Verdict::problem, "no build type", "./threadmill run"));
  EXPECT_THAT(with("Release", "-O2 -fsanitize=thread"),
              Says(Verdict::problem, "-fsanitize", "./threadmill run"));
}

TEST(DoctorSyscallCounting, NeedsRightsAndATracepoint) {
  StagedMachine staged;
  EXPECT_THAT(check_syscall_counting(staged.machine),
              Says(Verdict::warning, "no performance events", "CONFIG_PERF_EVENTS"));
  staged.write("proc/sys/kernel/perf_event_paranoid", "2\n");
  EXPECT_THAT(check_syscall_counting(staged.machine),
              Says(Verdict::warning, "paranoid is 2", "perf_event_paranoid=-1"));
  staged.write("proc/self/status", "CapEff:\t0000004000000000\n");  // CAP_PERFMON
  EXPECT_THAT(check_syscall_counting(staged.machine),
              Says(Verdict::warning, "not mounted", "mount -t tracefs"));
  staged.write("sys/kernel/tracing/available_events", "\n");
  EXPECT_THAT(check_syscall_counting(staged.machine),
              Says(Verdict::warning, "no tracepoint", "CONFIG_FTRACE_SYSCALLS"));
  staged.write("sys/kernel/tracing/events/raw_syscalls/sys_enter/id", "348\n");
  EXPECT_THAT(check_syscall_counting(staged.machine), SaysOnly(Verdict::ok, "possible"));
  staged.write("proc/self/status", "CapEff:\t0\n").write("proc/sys/kernel/perf_event_paranoid", "-1\n");
  EXPECT_THAT(check_syscall_counting(staged.machine), SaysOnly(Verdict::ok, "possible"));
}

}  // namespace
}  // namespace threadmill::harness::doctor
