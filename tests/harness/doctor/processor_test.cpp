#include "tests/harness/doctor/staged_machine.h"

namespace threadmill::harness::doctor {
namespace {

const std::string kCpus = "sys/devices/system/cpu/";

TEST(DoctorCpus, OneIsAProblemFewAreAWarning) {
  const auto with = [](const std::string& allowed, const std::string& online) {
    StagedMachine staged;
    staged.write("proc/self/status", "Cpus_allowed_list:\t" + allowed + "\n").write(kCpus + "online", online);
    return check_cpus(staged.machine);
  };
  EXPECT_THAT(with("0", "0"), Says(Verdict::problem, "1 usable", "four CPUs or more"));
  EXPECT_THAT(with("0", "0-7"),
              Says(Verdict::problem, "1 usable of 8 online", "taskset --cpu-list 0-7 ./threadmill"));
  EXPECT_THAT(with("0-1", "0-1"), Says(Verdict::warning, "2 usable", "four CPUs or more"));
  EXPECT_THAT(with("0-3", "0-3"), SaysOnly(Verdict::ok, "4 usable"));
  Machine nowhere;
  nowhere.files = MachineFiles("/no/such/root");
  EXPECT_THAT(check_cpus(nowhere), SaysOnly(Verdict::unknown, ""));
}

TEST(DoctorIsolatedCpus, AreAProblemWhenAServerMayGetSeveral) {
  StagedMachine staged;
  EXPECT_THAT(check_isolated_cpus(staged.machine), SaysOnly(Verdict::ok, "none"));
  staged.write(kCpus + "isolated", "2-3\n").write(kCpus + "online", "0-3\n");
  EXPECT_THAT(check_isolated_cpus(staged.machine), SaysOnly(Verdict::ok, "2,3 isolated"));
  staged.write("proc/self/status", "Cpus_allowed_list:\t0-3\n");
  EXPECT_THAT(check_isolated_cpus(staged.machine),
              Says(Verdict::problem, "2,3 isolated, and this process may use 2",
                   "taskset --cpu-list 0,1 ./threadmill"));
}

TEST(DoctorGovernor, AnyButPerformanceIsAWarning) {
  StagedMachine staged;
  EXPECT_THAT(check_governor(staged.machine), SaysOnly(Verdict::unknown, "no say"));
  staged.in_a_virtual_machine();
  EXPECT_THAT(check_governor(staged.machine), Says(Verdict::unknown, "no say", kOnlyTheHost));
  staged.write(kCpus + "cpufreq/policy0/scaling_governor", "performance\n");
  EXPECT_THAT(check_governor(staged.machine), SaysOnly(Verdict::ok, "performance"));
  staged.write(kCpus + "cpufreq/policy1/scaling_governor", "schedutil\n");
  EXPECT_THAT(check_governor(staged.machine),
              Says(Verdict::warning, "performance, schedutil", "echo performance"));
}

TEST(DoctorTurbo, HasASwitchOfIntelOrOfAnyDriver) {
  StagedMachine staged;
  EXPECT_THAT(check_turbo(staged.machine), SaysOnly(Verdict::unknown, "no switch"));
  staged.write(kCpus + "cpufreq/boost", "1\n");
  EXPECT_THAT(check_turbo(staged.machine),
              Says(Verdict::warning, "on", "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"));
  staged.write(kCpus + "cpufreq/boost", "0\n");
  EXPECT_THAT(check_turbo(staged.machine), SaysOnly(Verdict::ok, "off"));
  staged.write(kCpus + "intel_pstate/no_turbo", "0\n");
  EXPECT_THAT(check_turbo(staged.machine), Says(Verdict::warning, "on", "echo 1 | sudo tee"));
  staged.write(kCpus + "intel_pstate/no_turbo", "1\n");
  EXPECT_THAT(check_turbo(staged.machine), SaysOnly(Verdict::ok, "off"));
}

TEST(DoctorSmt, IsAWarningWhenOn) {
  StagedMachine staged;
  EXPECT_THAT(check_smt(staged.machine), SaysOnly(Verdict::unknown, ""));
  staged.write(kCpus + "smt/active", "1\n");
  EXPECT_THAT(check_smt(staged.machine), Says(Verdict::warning, "on", "echo off | sudo tee"));
  staged.write(kCpus + "smt/active", "0\n");
  EXPECT_THAT(check_smt(staged.machine), SaysOnly(Verdict::ok, "off"));
  staged.in_a_virtual_machine();
  EXPECT_THAT(check_smt(staged.machine), SaysOnly(Verdict::ok, "virtual machine"));
}

TEST(DoctorMitigations, SwitchedOffByHandAreAWarning) {
  StagedMachine staged;
  EXPECT_THAT(check_mitigations(staged.machine), SaysOnly(Verdict::unknown, ""));
  staged.write(kCpus + "vulnerabilities/spectre_v2", "Mitigation: Retpolines\n")
      .write(kCpus + "vulnerabilities/mds", "Not affected\n")
      .write(kCpus + "vulnerabilities/retbleed", "Vulnerable\n");
  EXPECT_THAT(check_mitigations(staged.machine),
              SaysOnly(Verdict::ok, "1 of 3 processor flaws mitigated, 1 left open"));
  staged.write("proc/cmdline", "ro quiet mitigations=off\n");
  EXPECT_THAT(check_mitigations(staged.machine), Says(Verdict::warning, "mitigations=off", "update-grub"));
}

TEST(DoctorVirtualisation, IsAWarningWithNothingToDo) {
  StagedMachine staged;
  EXPECT_THAT(check_virtualisation(staged.machine), SaysOnly(Verdict::unknown, "cpuinfo"));
  staged.write("proc/cpuinfo", "flags\t\t: fpu lm\n");
  EXPECT_THAT(check_virtualisation(staged.machine), SaysOnly(Verdict::ok, "no hypervisor"));
  staged.write(".dockerenv", "");
  EXPECT_THAT(check_virtualisation(staged.machine), SaysOnly(Verdict::ok, "container"));
  staged.in_a_virtual_machine();
  EXPECT_THAT(check_virtualisation(staged.machine), Says(Verdict::warning, "does not tell", kOnlyTheHost));
  staged.write("sys/class/dmi/id/sys_vendor", "QEMU\n");
  EXPECT_THAT(check_virtualisation(staged.machine),
              Says(Verdict::warning, "(QEMU), in a container", kOnlyTheHost));
}

}  // namespace
}  // namespace threadmill::harness::doctor
