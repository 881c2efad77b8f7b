#include "harness/sweep/sweep_level.h"

#include <gmock/gmock.h>

#include "harness/errors.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;
using testing::HasSubstr;

Scenario scenario_with(const json& load) {
  return parse_scenario({{"name", "mine"},
                         {"title", "Mine"},
                         {"question", "How much?"},
                         {"service", load.at("driver") == "pubsub" ? "chat" : "echo"},
                         {"subjects", {"epoll"}},
                         {"load", load}},
                        "mine.json");
}

json echo_load() {
  return {{"driver", "echo"}, {"connections", 5}, {"message_bytes", 64}, {"stop", {{"duration_s", 2}}}};
}

std::string refusal(const Scenario& base, SweepOver over, results::Level level) {
  try {
    at_level(base, over, level);
    return "accepted";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(SweepLevel, AClosedLoopGetsArrivalsAtRandomTimes) {
  auto load = echo_load();
  load["arrivals"] = {{"think_us", 5}, {"wait", "sleep"}};
  const auto scenario = at_level(scenario_with(load), SweepOver::rate, 2'000);
  EXPECT_EQ(scenario.name, "mine@2000");
  EXPECT_EQ(scenario.load["arrivals"],
            json({{"process", "poisson"}, {"rate_per_s", 2'000}, {"wait", "sleep"}}));
  EXPECT_EQ(scenario.load["stop"], json({{"duration_s", 2}})) << "as long as the scenario";
}

TEST(SweepLevel, AnOpenLoopKeepsItsProcess) {
  auto load = echo_load();
  load["arrivals"] = {{"process", "constant"}, {"rate_per_s", "1k:2k/1s"}};
  const auto scenario = at_level(scenario_with(load), SweepOver::rate, 300);
  EXPECT_EQ(scenario.load["arrivals"], json({{"process", "constant"}, {"rate_per_s", 300}}));
}

TEST(SweepLevel, WhatRanByMessagesRunsByTime) {
  auto load = echo_load();
  load["stop"] = {{"messages", 10}};
  load["measure_from"] = "connect";
  const auto scenario = at_level(scenario_with(load), SweepOver::connections, 70);
  EXPECT_EQ(scenario.load["connections"], 70);
  EXPECT_TRUE(scenario.runs_by_time());
}

TEST(SweepLevel, APublishedFigureIsNoneOfALevel) {
  auto base = scenario_with(echo_load());
  base.published = {{"source", "a paper"}, {"machine", "theirs"}, {"figures", json::array()}};
  EXPECT_TRUE(at_level(base, SweepOver::rate, 10).published.is_null());
}

TEST(SweepLevel, RoomsHaveTheirOwnSizes) {
  const json load = {{"driver", "pubsub"}, {"members", 6},        {"room_sizes", {2, 4}},
                     {"window", 4},        {"message_bytes", 64}, {"stop", {{"duration_s", 1}}}};
  EXPECT_THAT(refusal(scenario_with(load), SweepOver::connections, 10), HasSubstr("sweep it over rate"));
  EXPECT_EQ(refusal(scenario_with(load), SweepOver::rate, 10), "accepted");
}

TEST(SweepLevel, ALevelThatThePlanRefusesIsAnInputErrorThatNamesIt) {
  EXPECT_THAT(refusal(scenario_with(echo_load()), SweepOver::connections, 2'000'000),
              testing::AllOf(HasSubstr("at 2000000 connections"), HasSubstr("\"connections\"")));
}

}  // namespace
}  // namespace threadmill::harness
