#include "harness/watch/machine_watch.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace threadmill::harness {
namespace {

using nlohmann::json;

constexpr std::int64_t tick = 10'000'000;

// user nice system idle iowait irq softirq steal
constexpr const char* kNotMeasured =
    "cpu  100 10 50 900 5 0 40 7 0 0\n"
    "cpu0 60 10 30 400 5 0 30 4 0 0\n"
    "cpu1 40 0 20 500 0 0 10 3 0 0\n"
    "intr 12345\nctxt 6\n";

TEST(CpuTimes, AreThoseOfTheCpusAskedFor) {
  const auto first = cpu_times(kNotMeasured, {0});
  EXPECT_EQ(first.busy_ns, (60 + 10 + 30 + 30) * tick);
  EXPECT_EQ(first.steal_ns, 4 * tick);
  const auto both = cpu_times(kNotMeasured, {0, 1});
  EXPECT_EQ(both.busy_ns, (60 + 10 + 30 + 30 + 40 + 20 + 10) * tick);
  EXPECT_EQ(both.steal_ns, 7 * tick);
}

TEST(CpuTimes, LeaveOutInterruptsWhereTheKernelChargesThemToNobody) {
  const auto times = cpu_times("cpu0 60 10 30 400 5 20 30 4 0 0\ncpu1 40 0 20 500 0 0 10 3 0 0\n", {1});
  EXPECT_EQ(times.busy_ns, (40 + 20) * tick);
}

TEST(CpuTimes, OfATextOfAnotherShapeAreZero) {
  EXPECT_EQ(cpu_times("", {0}).busy_ns, 0);
  EXPECT_EQ(cpu_times("cpu0 1 2\ncpux\n", {0}).busy_ns, 0);
}

TEST(Pressure, IsTheTotalOfSome) {
  EXPECT_EQ(pressure_ns("some avg10=0.00 avg60=0.00 avg300=0.00 total=1234\n"
                        "full avg10=0.00 avg60=0.00 avg300=0.00 total=99\n"),
            1'234'000);
  EXPECT_EQ(pressure_ns(""), std::nullopt);
  EXPECT_EQ(pressure_ns("full avg10=0.00 total=99\n"), std::nullopt);
}

TEST(MachineWatch, DoesNotTellSharesOfATimeThatIsTooShortForTicks) {
  MachineWatch watch({0});
  watch.start();
  watch.end();
  const auto machine = watch.to_json(0);
  EXPECT_TRUE(machine["others_cpu_percent"].is_null());
  EXPECT_TRUE(machine["steal_percent"].is_null());
  EXPECT_TRUE(machine["psi_io_percent"].is_null());
  EXPECT_TRUE(machine.contains("mhz_before"));
}

}  // namespace
}  // namespace threadmill::harness
