#include "harness/machine/cpu_plan.h"

#include <gmock/gmock.h>

namespace threadmill::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Each CPU a core of its own.
Cores single(const os::CpuSet& cpus) {
  Cores cores;
  for (const int cpu : cpus) cores.push_back({cpu});
  return cores;
}

TEST(CpuPlan, HalvesAreDisjoint) {
  const auto plan = plan_cpus(single({0, 1, 2, 3}));
  EXPECT_THAT(plan.server, ElementsAre(0, 1));
  EXPECT_THAT(plan.generator, ElementsAre(2, 3));
  EXPECT_FALSE(plan.shared);
}

TEST(CpuPlan, UsesTheCpusThatAreAllowedWhateverTheirNumbers) {
  const auto plan = plan_cpus(single({3, 7}));
  EXPECT_THAT(plan.server, ElementsAre(3));
  EXPECT_THAT(plan.generator, ElementsAre(7));
}

TEST(CpuPlan, OddOneGoesToTheGenerator) {
  const auto plan = plan_cpus(single({0, 1, 2}));
  EXPECT_THAT(plan.server, ElementsAre(0));
  EXPECT_THAT(plan.generator, ElementsAre(1, 2));
}

TEST(CpuPlan, OneCpuIsSharedAndSaidSo) {
  const auto plan = plan_cpus(single({5}));
  EXPECT_THAT(plan.server, ElementsAre(5));
  EXPECT_THAT(plan.generator, ElementsAre(5));
  EXPECT_TRUE(plan.shared);
  EXPECT_THAT(plan.describe(), HasSubstr("share CPU 5"));
}

TEST(CpuPlan, SiblingsStayTogether) {
  const auto plan = plan_cpus({{0, 4}, {1, 5}, {2, 6}, {3, 7}});
  EXPECT_THAT(plan.server, ElementsAre(0, 1, 4, 5));
  EXPECT_THAT(plan.generator, ElementsAre(2, 3, 6, 7));
  EXPECT_FALSE(plan.one_core);
}

TEST(CpuPlan, OfThreeCoresTheGeneratorGetsTwo) {
  const auto plan = plan_cpus({{0, 1}, {2, 3}, {4, 5}});
  EXPECT_THAT(plan.server, ElementsAre(0, 1));
  EXPECT_THAT(plan.generator, ElementsAre(2, 3, 4, 5));
}

TEST(CpuPlan, EachSideGetsACoreEvenWhereTheFirstIsTheLarger) {
  const auto plan = plan_cpus({{0, 1}, {2}});
  EXPECT_THAT(plan.server, ElementsAre(0, 1));
  EXPECT_THAT(plan.generator, ElementsAre(2));
}

TEST(CpuPlan, OneCoreIsSplitAndSaidSo) {
  const auto plan = plan_cpus({{0, 1}});
  EXPECT_THAT(plan.server, ElementsAre(0));
  EXPECT_THAT(plan.generator, ElementsAre(1));
  EXPECT_FALSE(plan.shared);
  EXPECT_THAT(plan.describe(), HasSubstr("of one core"));
}

TEST(CpuPlan, ListsOfSysAreRead) {
  EXPECT_THAT(parse_cpu_list("0,4\n"), ElementsAre(0, 4));
  EXPECT_THAT(parse_cpu_list("0-1,6"), ElementsAre(0, 1, 6));
  EXPECT_THAT(parse_cpu_list(""), ElementsAre());
  EXPECT_THAT(parse_cpu_list("none"), ElementsAre());
}

TEST(CpuPlan, EveryAvailableCpuIsOnExactlyOneCore) {
  os::CpuSet found;
  for (const auto& core : read_cores({0, 1, 100'000})) found.insert(found.end(), core.begin(), core.end());
  EXPECT_THAT(found, ::testing::UnorderedElementsAre(0, 1, 100'000));
}

}  // namespace
}  // namespace threadmill::harness
