#include "harness/cpu_plan.h"

#include <gmock/gmock.h>

namespace threadmill::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CpuPlan, HalvesAreDisjoint) {
  const auto plan = plan_cpus({0, 1, 2, 3});
  EXPECT_THAT(plan.server, ElementsAre(0, 1));
  EXPECT_THAT(plan.generator, ElementsAre(2, 3));
  EXPECT_FALSE(plan.shared);
}

TEST(CpuPlan, UsesTheCpusThatAreAllowedWhateverTheirNumbers) {
  const auto plan = plan_cpus({3, 7});
  EXPECT_THAT(plan.server, ElementsAre(3));
  EXPECT_THAT(plan.generator, ElementsAre(7));
}

TEST(CpuPlan, OddOneGoesToTheGenerator) {
  const auto plan = plan_cpus({0, 1, 2});
  EXPECT_THAT(plan.server, ElementsAre(0));
  EXPECT_THAT(plan.generator, ElementsAre(1, 2));
}

TEST(CpuPlan, OneCpuIsSharedAndSaidSo) {
  const auto plan = plan_cpus({5});
  EXPECT_THAT(plan.server, ElementsAre(5));
  EXPECT_THAT(plan.generator, ElementsAre(5));
  EXPECT_TRUE(plan.shared);
  EXPECT_THAT(plan.describe(), HasSubstr("share CPU 5"));
}

}  // namespace
}  // namespace threadmill::harness
