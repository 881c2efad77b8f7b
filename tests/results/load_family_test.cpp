#include "results/comparison/load_family.h"

#include <gmock/gmock.h>

#include "results/trial/load_factors.h"
#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::Optional;

json echo_load(int connections, int message_bytes) {
  return {{"driver", "echo"},
          {"connections", connections},
          {"message_bytes", message_bytes},
          {"stop", {{"duration_s", 1}}}};
}

/// A comparison of one trial for each load, in scenarios called s0, s1, ..., of which the last one asks for
/// that network.
Comparison of_loads(const std::vector<json>& loads, const json& network_of_last = nullptr) {
  ResultFile file = result_file("run.jsonl", {});
  file.scenarios.clear();
  for (std::size_t i = 0; i < loads.size(); ++i) {
    json scenario = echo_scenario({"epoll"});
    scenario["name"] = "s" + std::to_string(i);
    scenario["load"] = loads[i];
    if (i + 1 == loads.size() && !network_of_last.is_null()) scenario["network"] = network_of_last;
    file.scenarios.push_back(scenario);
    file.trials.push_back(echo_trial("epoll", 0, 1000));
    file.trials.back()["scenario"] = scenario["name"];
  }
  return compare({file});
}

std::vector<double> first_levels(const LoadFamily& family) {
  std::vector<double> levels;
  for (const FamilyMember& member : family.members) levels.push_back(member.levels.front());
  return levels;
}

TEST(FactorOf, TellsWhatTheLoadHasAndNothingOfWhatItHasNot) {
  json load = load_with_defaults(echo_load(64, 100));
  EXPECT_THAT(factor_of(load, Factor::connections), Optional(64.0));
  EXPECT_THAT(factor_of(load, Factor::message_bytes), Optional(100.0));
  EXPECT_THAT(factor_of(load, Factor::pipeline), Optional(1.0)) << "the default";
  EXPECT_FALSE(factor_of(load, Factor::subscribers));
  EXPECT_FALSE(factor_of(load, Factor::rate_per_s));
}

TEST(FactorOf, ARateIsANumberUnlessItGrows) {
  json load = echo_load(64, 100);
  load["arrivals"] = {{"process", "poisson"}, {"rate_per_s", "20k"}};
  EXPECT_THAT(factor_of(load_with_defaults(load), Factor::rate_per_s), Optional(20'000.0));
  load["arrivals"]["rate_per_s"] = "10k:50k/30s";
  EXPECT_FALSE(factor_of(load_with_defaults(load), Factor::rate_per_s));
}

TEST(FactorOf, MessagesOfSeveralSizesHaveNoSingleOne) {
  const json load = {{"driver", "pubsub"},
                     {"publishers", 1},
                     {"subscribers", 2},
                     {"message_bytes", {{"64", 9}, {"1024", 1}}},
                     {"stop", {{"duration_s", 1}}}};
  EXPECT_FALSE(factor_of(load_with_defaults(load), Factor::message_bytes));
  EXPECT_THAT(factor_of(load_with_defaults(load), Factor::subscribers), Optional(2.0));
}

TEST(LoadWithDefaults, LeavesWhatItDoesNotUnderstand) {
  const json load = {{"driver", "of the future"}};
  EXPECT_EQ(load_with_defaults(load), load);
}

TEST(LoadFamilies, AreScenariosThatDifferInTheFactorOnlyInOrderOfItsLevels) {
  const auto comparison = of_loads({echo_load(1000, 64), echo_load(10, 64), echo_load(100, 64),
                                    echo_load(10, 4096), echo_load(100, 4096), echo_load(10, 512)});
  const auto families = load_families(comparison, {Factor::connections});
  ASSERT_EQ(families.size(), 2U) << "a single level is no family";
  EXPECT_THAT(first_levels(families[0]), ElementsAre(10, 100, 1000));
  EXPECT_EQ(comparison.scenarios[families[0].members[0].scenario].name, "s1");
  EXPECT_THAT(first_levels(families[1]), ElementsAre(10, 100));
}

TEST(LoadFamilies, TheGeneratorsOwnSettingsDoNotTellScenariosApart) {
  json other = echo_load(100, 64);
  other["threads"] = 2;
  other["seed"] = 9;
  EXPECT_EQ(load_families(of_loads({echo_load(10, 64), other}), {Factor::connections}).size(), 1U);
  other["pipeline"] = 8;
  EXPECT_TRUE(load_families(of_loads({echo_load(10, 64), other}), {Factor::connections}).empty());
}

TEST(LoadFamilies, HowLongWasLookedDoesNotTellScenariosApart) {
  json longer = echo_load(100, 64);
  longer["stop"]["duration_s"] = 30;
  EXPECT_EQ(load_families(of_loads({echo_load(10, 64), longer}), {Factor::connections}).size(), 1U);
}

TEST(LoadFamilies, OfTwoFactorsVaryInBoth) {
  const std::vector<Factor> both{Factor::connections, Factor::message_bytes};
  const auto grid =
      load_families(of_loads({echo_load(10, 64), echo_load(100, 64), echo_load(10, 4096)}), both);
  ASSERT_EQ(grid.size(), 1U);
  EXPECT_EQ(grid[0].members.size(), 3U);
  EXPECT_TRUE(load_families(of_loads({echo_load(10, 64), echo_load(100, 64)}), both).empty());
}

TEST(LoadFamilies, LeaveOutScenariosWithoutTrials) {
  auto comparison = of_loads({echo_load(10, 64), echo_load(100, 64)});
  comparison.scenarios[1].rows.clear();
  EXPECT_TRUE(load_families(comparison, {Factor::connections}).empty());
}

TEST(LoadFamilies, WhatIsAskedAcrossANetworkIsAnotherFamily) {
  const std::vector<json> loads = {echo_load(64, 100), echo_load(1000, 100)};
  EXPECT_EQ(load_families(of_loads(loads), {Factor::connections}).size(), 1U);
  EXPECT_TRUE(load_families(of_loads(loads, {{"delay_ms", 10}}), {Factor::connections}).empty());
}

}  // namespace
}  // namespace threadmill::results
