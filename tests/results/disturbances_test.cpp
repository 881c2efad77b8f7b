#include "results/trial/disturbances.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "results/trial/trial.h"
#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

json quiet_machine() {
  return {{"steal_percent", 0.4},      {"others_cpu_percent", 2.0}, {"psi_cpu_percent", 100.0},
          {"psi_memory_percent", 0.0}, {"psi_io_percent", 1.0},     {"mhz_before", 2300.0},
          {"mhz_after", 2290.0}};
}

std::vector<std::string> with(const char* key, double value) {
  json machine = quiet_machine();
  machine[key] = value;
  return disturbances_of({{"machine", machine}});
}

TEST(Disturbances, AQuietMachineHasNone) {
  EXPECT_THAT(disturbances_of({{"machine", quiet_machine()}}), IsEmpty())
      << "a server of many threads makes all of the CPU pressure itself";
  EXPECT_THAT(disturbances_of(json::object()), IsEmpty()) << "an old file says nothing";
  EXPECT_THAT(disturbances_of({{"machine", {{"steal_percent", nullptr}}}}), IsEmpty());
}

TEST(Disturbances, EachIsOneSentenceWithItsNumber) {
  EXPECT_THAT(with("steal_percent", 7.25),
              ElementsAre("the hypervisor gave 7.2 % of its CPUs' time to others"));
  EXPECT_THAT(with("others_cpu_percent", 12), ElementsAre("others used 12.0 % of its CPUs"));
  EXPECT_THAT(with("psi_memory_percent", 3), ElementsAre("tasks waited for memory in 3.0 % of the window"));
  EXPECT_THAT(with("psi_io_percent", 30), ElementsAre("tasks waited for disks in 30.0 % of the window"));
  EXPECT_THAT(with("mhz_after", 2000), ElementsAre("the CPU clock fell from 2300 to 2000 MHz"));
  EXPECT_THAT(with("mhz_after", 3000), IsEmpty()) << "a clock that rises under load is what clocks do";
}

TEST(Disturbances, ComeWithTheTrial) {
  json record = echo_trial("epoll", 0, 1000);
  EXPECT_THAT(derive_trial(record, 1).disturbances, IsEmpty());
  record["machine"] = quiet_machine();
  record["machine"]["others_cpu_percent"] = 40;
  EXPECT_THAT(derive_trial(record, 1).disturbances, ElementsAre("others used 40.0 % of its CPUs"));
}

}  // namespace
}  // namespace threadmill::results
