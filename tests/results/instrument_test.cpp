#include "results/trial/instrument.h"

#include <gmock/gmock.h>

#include "results/comparison/comparison.h"
#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Optional;

json told(json record) {
  auto& load = record["load"];
  load["window"]["deadline_ns"] = 5'900'000'000;
  load["self"]["starved"] = 0.02;
  load["self"]["littles_law_residual"] = 0.01;
  load["generator"]["backlog"] = {{"in_flight", 12}, {"unread_bytes", 640}, {"connections_unread", 10}};
  load["bystanders"] = {{"idle", {{"dropped_by_server", 1}}},
                        {"slow_readers", {{"dropped_by_server", 4}}},
                        {"half_open", {{"dropped_by_server", 0}}}};
  return record;
}

TEST(DeriveTrial, TakesWhatTheGeneratorTellsOfItself) {
  const Trial trial = derive_trial(told(echo_trial("epoll", 0, 1000)), 1);
  EXPECT_THAT(trial.values[Metric::starved_percent], Optional(DoubleNear(2, 1e-9)));
  EXPECT_THAT(trial.values[Metric::littles_law_residual_percent], Optional(DoubleNear(1, 1e-9)));
  EXPECT_THAT(trial.values[Metric::established_percent], Optional(DoubleNear(100, 1e-9)));
  EXPECT_THAT(trial.values[Metric::backlog_requests], Optional(12.0));
  EXPECT_THAT(trial.values[Metric::backlog_unread_bytes], Optional(640.0));
  EXPECT_THAT(trial.values[Metric::bystanders_dropped], Optional(5.0));
}

TEST(DeriveTrial, WhatTheGeneratorDidNotTellIsAbsent) {
  json record = told(echo_trial("epoll", 0, 1000));
  record["load"]["window"].erase("deadline_ns");
  record["load"].erase("bystanders");
  record["load"].erase("self");
  const Trial trial = derive_trial(record, 1);
  EXPECT_FALSE(trial.values[Metric::backlog_requests]) << "a run by messages sends until all are answered";
  EXPECT_FALSE(trial.values[Metric::bystanders_dropped]);
  EXPECT_FALSE(trial.values[Metric::starved_percent]);
  EXPECT_FALSE(trial.warmup);
}

TEST(Contracts, AreJudgedFromTheCountersAndNotFromWhatTheFileSaysOfThem) {
  json record = echo_trial("epoll", 0, 1000);
  record["load"]["integrity"]["repeated"] = 2;
  record["load"]["contracts"]["at_most_once"]["verdict"] = "kept";
  const auto contracts = contracts_of(record);
  ASSERT_TRUE(contracts);
  EXPECT_FALSE(contracts->at_most_once.kept);
  EXPECT_TRUE(contracts->at_least_once.kept);
}

TEST(Contracts, AreNotJudgedWhereNoMessageArrived) {
  EXPECT_FALSE(contracts_of(echo_trial("epoll", 0, 0)));
  json record = echo_trial("epoll", 0, 1000);
  record["load"]["deliveries"] = 0U;
  EXPECT_FALSE(contracts_of(record)) << "of a fan-out, deliveries are what arrives";
}

TEST(Compare, CountsBrokenContractsOfInvalidTrialsToo) {
  json broken = echo_trial("epoll", 1, 1000);
  broken["load"]["integrity"]["lost"] = 1;
  const auto comparison = compare({result_file("a.jsonl", {echo_trial("epoll", 0, 1000), broken})});
  const Row& row = comparison.scenarios.at(0).rows.at(0);
  EXPECT_EQ(row.valid, 1U);
  EXPECT_EQ(row.contracts.judged, 2U);
  EXPECT_THAT(row.contracts.broken, ElementsAre(0, 1, 1, 0));
}

TEST(Compare, SumsUpHowWarmUpsEnded) {
  json steady = echo_trial("epoll", 0, 1000), capped = echo_trial("epoll", 1, 1000);
  steady["load"]["warmup"] = {{"steady", true}, {"took_ns", 1'500'000'000}};
  capped["load"]["warmup"] = {{"steady", false}, {"took_ns", 4'000'000'000}};
  const auto comparison = compare({result_file("a.jsonl", {steady, capped})});
  const Warmups& warmups = comparison.scenarios.at(0).rows.at(0).warmups;
  EXPECT_EQ(warmups.trials, 2U);
  EXPECT_EQ(warmups.steady, 1U);
  ASSERT_TRUE(warmups.took_s);
  EXPECT_DOUBLE_EQ(warmups.took_s->min, 1.5);
  EXPECT_DOUBLE_EQ(warmups.took_s->max, 4);
}

}  // namespace
}  // namespace threadmill::results
