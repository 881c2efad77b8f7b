#include "tests/harness/doctor/staged_machine.h"

namespace threadmill::harness::doctor {
namespace {

using ::testing::DoubleEq;
using ::testing::IsEmpty;

CpuLook look_at_others(double others_percent, double steal_percent) {
  return {.others_percent = others_percent,
          .steal_percent = steal_percent,
          .busiest = {{"cc1plus", 40}, {"ld", 3}}};
}

TEST(DoctorOtherLoad, NamesWhoUsesTheCpus) {
  Machine machine;
  EXPECT_THAT(check_other_load(machine), SaysOnly(Verdict::unknown, "nobody looked"));
  machine.cpu_look = look_at_others(2, 0);
  EXPECT_THAT(check_other_load(machine), SaysOnly(Verdict::ok, "others used 2 %"));
  machine.cpu_look = look_at_others(5, 0);
  EXPECT_THAT(check_other_load(machine), Says(Verdict::warning, "5 %", "end it"));
  machine.cpu_look = look_at_others(43, 0);
  EXPECT_THAT(
      check_other_load(machine),
      Says(Verdict::problem, "43 % of the CPUs' time while we looked: cc1plus 40 %, ld 3 %", "end it"));
}

TEST(DoctorSteal, IsOnlyTheHostsToMend) {
  Machine machine;
  EXPECT_THAT(check_steal(machine), SaysOnly(Verdict::unknown, "nobody looked"));
  machine.cpu_look = look_at_others(0, 0.4);
  EXPECT_THAT(check_steal(machine), SaysOnly(Verdict::ok, "0.4 %"));
  machine.cpu_look = look_at_others(0, 2);
  EXPECT_THAT(check_steal(machine), Says(Verdict::warning, "2.0 %", kOnlyTheHost));
  machine.cpu_look = look_at_others(0, 25);
  EXPECT_THAT(check_steal(machine), Says(Verdict::problem, "25.0 %", kOnlyTheHost));
}

TEST(DoctorLoadAverage, WarnsFromAQuarterOfTheCpusOn) {
  StagedMachine staged;
  EXPECT_THAT(check_load_average(staged.machine), SaysOnly(Verdict::unknown, "loadavg"));
  staged.write("proc/loadavg", "0.20 3.00 4.00 1/99 12345\n");
  EXPECT_THAT(check_load_average(staged.machine), SaysOnly(Verdict::ok, "0.20 over the last minute, 2 CPUs"));
  staged.write("proc/loadavg", "0.60 0.00 0.00 1/99 12345\n");
  EXPECT_THAT(check_load_average(staged.machine), Says(Verdict::warning, "0.60", "wait a minute"));
}

TEST(DoctorPressure, ComesFromTheLastTenSeconds) {
  StagedMachine staged;
  EXPECT_THAT(check_pressure(staged.machine), Says(Verdict::unknown, "pressure", "psi=1"));
  const auto with = [&](const std::string& cpu, const std::string& memory, const std::string& io) {
    for (const auto& [name, avg10] :
         {std::pair("cpu", cpu), std::pair("memory", memory), std::pair("io", io)}) {
      staged.write(std::string("proc/pressure/") + name,
                   "some avg10=" + avg10 + " avg60=90.00 avg300=90.00 total=1\n");
    }
    return check_pressure(staged.machine);
  };
  EXPECT_THAT(with("0.50", "0.00", "1.00"), SaysOnly(Verdict::ok, "0 % for memory, 1 % for disks"));
  EXPECT_THAT(with("4.00", "0.00", "0.00"), Says(Verdict::warning, "4 % for a CPU", "top"));
  EXPECT_THAT(with("0.00", "4.00", "0.00"), Says(Verdict::warning, "4 % for memory", "top"));
  EXPECT_THAT(with("0.00", "0.00", "50.00"), Says(Verdict::warning, "50 % for disks", "top"));
  EXPECT_THAT(with("60.00", "0.00", "0.00"), Says(Verdict::problem, "60 % for a CPU", "top"));
  EXPECT_THAT(with("0.00", "30.00", "0.00"), Says(Verdict::problem, "30 % for memory", "top"));
}

std::string stat_of(const std::string& pid, const std::string& name, int user, int system) {
  return pid + " (" + name + ") R 1 1 1 0 -1 0 0 0 0 0 " + std::to_string(user) + " " +
         std::to_string(system) + " 0 0\n";
}

TEST(DoctorCpuLook, IsWhatLiesBetweenTwoSnapshots) {
  StagedMachine staged;
  staged.write("proc/stat", "cpu  100 10 20 1000 5 1 2 50 7 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
  staged.write("proc/self/stat", stat_of("7", "threadmill", 10, 1))
      .write("proc/7/stat", stat_of("7", "threadmill", 10, 1));
  staged.write("proc/8/stat", stat_of("8", "odd ) name", 10, 0))
      .write("proc/9/stat", stat_of("9", "rests", 4, 4));
  const auto before = read_cpu_snapshot(staged.machine.files);
  // 200 ticks later: 66 busy (6 of them ours), 14 stolen, 120 idle.
  staged.write("proc/stat", "cpu  140 10 40 1110 15 4 5 64 7 0\n");
  staged.write("proc/7/stat", stat_of("7", "threadmill", 14, 3));
  staged.write("proc/8/stat", stat_of("8", "odd ) name", 50, 0))
      .write("proc/10/stat", stat_of("10", "new", 4, 6));
  const auto look = between(before, read_cpu_snapshot(staged.machine.files));
  EXPECT_THAT(look.others_percent, DoubleEq(30));
  EXPECT_THAT(look.steal_percent, DoubleEq(7));
  ASSERT_EQ(look.busiest.size(), 2U);
  EXPECT_EQ(look.busiest[0].name, "odd ) name");
  EXPECT_THAT(look.busiest[0].percent, DoubleEq(20));
  EXPECT_EQ(look.busiest[1].name, "new");
  EXPECT_THAT(look.busiest[1].percent, DoubleEq(5));
}

TEST(DoctorCpuLook, AddsUpProcessesOfOneProgram) {
  CpuSnapshot before, after;
  after.busy = 60;
  after.total = 100;
  after.processes = {{3, {"cc1plus", 25}}, {4, {"ld", 10}}, {5, {"cc1plus", 25}}};
  const auto look = between(before, after);
  ASSERT_EQ(look.busiest.size(), 2U);
  EXPECT_EQ(look.busiest[0].name, "cc1plus");
  EXPECT_THAT(look.busiest[0].percent, DoubleEq(50));
}

TEST(DoctorCpuLook, WithoutAccountsNothingIsUsed) {
  const auto nothing = read_cpu_snapshot(MachineFiles("/no/such/root"));
  const auto look = between(nothing, nothing);
  EXPECT_EQ(look.others_percent, 0);
  EXPECT_THAT(look.busiest, IsEmpty());
}

}  // namespace
}  // namespace threadmill::harness::doctor
