#include "tests/harness/doctor/staged_machine.h"

namespace threadmill::harness::doctor {
namespace {

std::string limits(const std::string& processes, const std::string& files) {
  return "Limit                     Soft Limit           Hard Limit           Units     \n"
         "Max processes             100                  " +
         processes +
         "                processes \n"
         "Max open files            1024                 " +
         files + "              files     \n";
}

TEST(DoctorDescriptors, MustReachForTheLargestScenario) {
  StagedMachine staged;
  EXPECT_THAT(check_descriptors(staged.machine), SaysOnly(Verdict::unknown, "limits"));
  staged.write("proc/sys/fs/nr_open", "1048576\n").write("proc/self/limits", limits("unlimited", "524288"));
  EXPECT_THAT(
      check_descriptors(staged.machine),
      SaysOnly(Verdict::ok, "hard limit 524288, fs.nr_open 1048576; the largest shipped scenario has 1000"));
  staged.write("proc/self/limits", limits("unlimited", "1024"));
  EXPECT_THAT(check_descriptors(staged.machine),
              Says(Verdict::problem, "hard limit 1024", "sudo prlimit --pid $$ --nofile=65536"));
  staged.write("proc/sys/fs/nr_open", "1024\n");
  EXPECT_THAT(check_descriptors(staged.machine),
              Says(Verdict::problem, "fs.nr_open 1024", "sysctl -w fs.nr_open=1048576 && sudo prlimit"));
}

TEST(DoctorProcesses, MustReachForForkAndThread) {
  StagedMachine staged;
  EXPECT_THAT(check_processes(staged.machine), SaysOnly(Verdict::unknown, "limits"));
  staged.write("proc/sys/kernel/threads-max", "190000\n").write("proc/sys/kernel/pid_max", "32768\n");
  staged.write("proc/self/limits", limits("unlimited", "1"));
  EXPECT_THAT(check_processes(staged.machine), SaysOnly(Verdict::ok, "no limit of this user"));
  staged.write("proc/self/limits", limits("500", "1"));
  EXPECT_THAT(check_processes(staged.machine),
              Says(Verdict::problem, "500 of this user", "prlimit --pid $$ --nproc=2200"));
  staged.write("proc/self/limits", limits("90000", "1")).write("proc/sys/kernel/pid_max", "1000\n");
  EXPECT_THAT(check_processes(staged.machine),
              Says(Verdict::problem, "pid_max 1000", "sysctl -w kernel.pid_max=2200"));
  staged.write("proc/sys/kernel/threads-max", "900\n");
  EXPECT_THAT(check_processes(staged.machine),
              Says(Verdict::problem, "threads-max 900", "sysctl -w kernel.threads-max=2200"));
}

TEST(DoctorPorts, AreComparedWithTheLargestScenario) {
  StagedMachine staged;
  EXPECT_THAT(check_ports(staged.machine), SaysOnly(Verdict::unknown, "ip_local_port_range"));
  staged.write("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
  EXPECT_THAT(check_ports(staged.machine), SaysOnly(Verdict::ok, "28232"));
  staged.write("proc/sys/net/ipv4/ip_local_reserved_ports", "32768-60000\n");
  EXPECT_THAT(check_ports(staged.machine), Says(Verdict::warning, "999", "ip_local_port_range='1024 65535'"));
}

TEST(DoctorSomaxconn, IsComparedWithTheBacklogOfOurServers) {
  StagedMachine staged;
  EXPECT_THAT(check_somaxconn(staged.machine), SaysOnly(Verdict::unknown, "somaxconn"));
  staged.write("proc/sys/net/core/somaxconn", "4096\n");
  EXPECT_THAT(check_somaxconn(staged.machine), SaysOnly(Verdict::ok, "4096; our servers ask for 4096"));
  staged.write("proc/sys/net/core/somaxconn", "128\n");
  EXPECT_THAT(check_somaxconn(staged.machine),
              Says(Verdict::warning, "128", "sysctl -w net.core.somaxconn=4096"));
}

TEST(DoctorCpuQuota, OfEitherVersionIsAProblemWhenBelowTheCpus) {
  StagedMachine none;
  EXPECT_THAT(check_cpu_quota(none.machine), SaysOnly(Verdict::ok, "none"));

  StagedMachine version2;
  version2.write("proc/self/cgroup", "0::/slice/unit\n")
      .write("sys/fs/cgroup/slice/unit/cpu.max", "max 100000\n");
  EXPECT_THAT(check_cpu_quota(version2.machine), SaysOnly(Verdict::ok, "none"));
  version2.write("sys/fs/cgroup/slice/cpu.max", "150000 100000\n");  // a group around ours
  EXPECT_THAT(check_cpu_quota(version2.machine), Says(Verdict::problem, "1.50 CPUs, of 2 usable",
                                                      "echo max | sudo tee /sys/fs/cgroup/slice/cpu.max"));
  version2.write("sys/fs/cgroup/slice/cpu.max", "200000 100000\n");
  EXPECT_THAT(check_cpu_quota(version2.machine), SaysOnly(Verdict::ok, "2.00 CPUs"));

  StagedMachine version1;
  version1.write("proc/self/cgroup", "4:cpu,cpuacct:/docker/abc\n0::/\n");
  version1.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n")
      .write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_THAT(check_cpu_quota(version1.machine), SaysOnly(Verdict::ok, "none"));
  version1.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
  EXPECT_THAT(check_cpu_quota(version1.machine),
              Says(Verdict::problem, "0.50 CPUs", "echo -1 | sudo tee /sys/fs/cgroup/cpu/cpu.cfs_quota_us"));
}

TEST(DoctorPidsLimit, OfEitherVersionMustReachForTheConnections) {
  StagedMachine staged;
  EXPECT_THAT(check_pids_limit(staged.machine), SaysOnly(Verdict::ok, "none"));
  staged.write("proc/self/cgroup", "8:pids:/a\n").write("sys/fs/cgroup/pids/a/pids.max", "max\n");
  EXPECT_THAT(check_pids_limit(staged.machine), SaysOnly(Verdict::ok, "none"));
  staged.write("sys/fs/cgroup/pids/a/pids.max", "5000\n");
  EXPECT_THAT(check_pids_limit(staged.machine), SaysOnly(Verdict::ok, "5000 processes and threads"));
  staged.write("proc/self/cgroup", "0::/a\n").write("sys/fs/cgroup/a/pids.max", "512\n");
  EXPECT_THAT(check_pids_limit(staged.machine),
              Says(Verdict::problem, "512", "echo max | sudo tee /sys/fs/cgroup/a/pids.max"));
}

}  // namespace
}  // namespace threadmill::harness::doctor
