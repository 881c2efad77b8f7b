#include "results/costs/cost_model.h"

#include <gmock/gmock.h>

#include "results/costs/primitive_costs.h"
#include "results/costs/request_cost.h"
#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const PrimitiveCosts kCosts({{"receive/64", 1000},
                             {"receive/4096", 2000},
                             {"send/64", 3000},
                             {"epoll_wait/1", 1000},
                             {"epoll_wait/100", 50'500},
                             {"thread_wake/2", 1000},
                             {"thread_wake/100", 2960},
                             {"poll/10", 1000},
                             {"poll/100", 10'000}});

RequestCounts counts(double connections, double syscalls, double switches) {
  return {connections, 64, std::nullopt, syscalls, switches};
}

TEST(PrimitiveCosts, BetweenTwoNumbersAreOnAStraightLine) {
  EXPECT_DOUBLE_EQ(*kCosts.ns_at("receive", 64), 1000);
  EXPECT_DOUBLE_EQ(*kCosts.ns_at("receive", 2080), 1500);
  EXPECT_DOUBLE_EQ(*kCosts.ns_at("receive", 1), 1000) << "below the least: as the least";
  EXPECT_DOUBLE_EQ(*kCosts.ns_at("poll", 200), 20'000) << "above the highest: as between the two highest";
  EXPECT_DOUBLE_EQ(*kCosts.ns_up_to("thread_wake", 1000), 2960);
  EXPECT_FALSE(kCosts.ns_at("select", 10));
}

TEST(PrimitiveCosts, AreTheMediansOfADocument) {
  const auto costs = primitive_costs({{"costs", {{"send/64", {{"median_ns", 2500.0}}}, {"odd", "text"}}}});
  EXPECT_EQ(costs.ns("send/64"), 2500);
  EXPECT_FALSE(costs.ns("odd"));
  EXPECT_TRUE(primitive_costs(json(nullptr)).empty());
}

TEST(RequestCost, OfALoopIsMessagesReadySocketsAndTheTurnsThatTheSystemCallsLeave) {
  const std::vector<WorkItem> loop = {
      {"receive", "request"}, {"send", "request"}, {"epoll_ready", "request"}, {"epoll_turn", "turn"}};
  const auto cost = predict_request_cost(loop, kCosts, counts(100, 2.1, 0));
  ASSERT_EQ(cost.problem, "");
  ASSERT_EQ(cost.parts.size(), 4U);
  EXPECT_DOUBLE_EQ(cost.parts[2].us, 0.5);
  EXPECT_NEAR(cost.parts[3].times, 0.1, 1e-9);
  EXPECT_NEAR(cost.us(), 1 + 3 + 0.5 + 0.1 * 0.5, 1e-9);
}

// A ring makes no system call for a message, so that all that were counted are its turns.
TEST(RequestCost, OfARingIsTheWorkOfTheCallsWithoutTheCalls) {
  const PrimitiveCosts costs({{"receive/64", 1000},
                              {"send/64", 3000},
                              {"system_call", 100},
                              {"uring_nop/1", 300},
                              {"uring_nop/64", 6600}});
  const std::vector<WorkItem> ring = {{"uring_receive", "request"},
                                      {"uring_send", "request"},
                                      {"uring_operation", "request", 2},
                                      {"uring_turn", "turn"}};
  const auto cost = predict_request_cost(ring, costs, counts(100, 0.5, 0));
  ASSERT_EQ(cost.problem, "");
  EXPECT_DOUBLE_EQ(cost.parts[3].times, 0.5);
  EXPECT_NEAR(cost.us(), 0.9 + 2.9 + 2 * 0.1 + 0.5 * 0.2, 1e-9);
}

TEST(RequestCost, ASwitchCostsAsManyThreadsAsTakeTurns) {
  const std::vector<WorkItem> threads = {{"thread_switch", "task_switch"}};
  EXPECT_NEAR(predict_request_cost(threads, kCosts, counts(51, 2, 0.5)).us(), 0.5 * 1.98, 1e-9);
  auto few = counts(100, 2, 1);
  few.threads = 2;
  EXPECT_NEAR(predict_request_cost(threads, kCosts, few).us(), 1.0, 1e-9);
}

TEST(RequestCost, WhatWasNotMeasuredIsNamed) {
  EXPECT_THAT(predict_request_cost({}, kCosts, counts(1, 2, 1)).problem, HasSubstr("nothing says"));
  EXPECT_THAT(predict_request_cost({{"select_turn", "request"}}, kCosts, counts(1, 2, 1)).problem,
              HasSubstr("\"select_turn\" costs was not measured"));
  EXPECT_THAT(predict_request_cost({{"poll_turn", "turn"}}, kCosts, {1, 64, {}, {}, 1}).problem,
              HasSubstr("system calls were not counted"));
  EXPECT_THAT(predict_request_cost({{"thread_switch", "task_switch"}}, kCosts, {1, 64, {}, 2, {}}).problem,
              HasSubstr("context switches were not counted"));
  EXPECT_THAT(predict_request_cost({{"receive", "now and then"}}, kCosts, counts(1, 2, 1)).problem,
              HasSubstr("now and then"));
}

/// One second, 100,000 requests, 400 ms of CPU time: 4 µs for each; 200 switches; 2.1 system calls.
ResultFile file_with_costs() {
  auto file = result_file("run.jsonl", {});
  for (int repeat = 0; repeat < 3; ++repeat) {
    auto trial = echo_trial("thread", repeat, 100'000);
    trial["syscalls"] = {{"counted", 2100}, {"requests", 1000}};
    file.trials.push_back(trial);
  }
  file.header["primitives"] = {
      {"costs", {{"receive/64", {{"median_ns", 1000}}}, {"send/64", {{"median_ns", 2500}}}}}};
  file.header["request_work"] = {{"thread",
                                  {{{"work", "receive"}, {"often", "request"}, {"times", 1}},
                                   {{"work", "send"}, {"often", "request"}, {"times", 1}}}}};
  return file;
}

TEST(CostModel, SetsThePredictedBesideTheMeasured) {
  const auto comparison = compare({file_with_costs()});
  const auto models = cost_model(comparison);
  ASSERT_EQ(models.size(), 1U);
  ASSERT_EQ(models[0].rows.size(), 1U);
  const auto& row = models[0].rows[0];
  EXPECT_DOUBLE_EQ(row.measured_us, 4);
  EXPECT_DOUBLE_EQ(row.predicted.us(), 3.5);
  EXPECT_DOUBLE_EQ(row.unexplained_us(), 0.5);
  EXPECT_TRUE(row.is_explained());
}

TEST(CostModel, WhatIsFurtherOffThanAQuarterIsNotExplained) {
  auto file = file_with_costs();
  file.header["primitives"]["costs"]["send/64"]["median_ns"] = 1900;
  EXPECT_FALSE(cost_model(compare({file})).at(0).rows.at(0).is_explained());
  file.header["primitives"]["costs"]["send/64"]["median_ns"] = 4100;
  EXPECT_FALSE(cost_model(compare({file})).at(0).rows.at(0).is_explained());
  file.header["primitives"]["costs"]["send/64"]["median_ns"] = 3900;
  EXPECT_TRUE(cost_model(compare({file})).at(0).rows.at(0).is_explained());
}

TEST(CostModel, NamesTheModelsThatItCannotPredict) {
  auto file = file_with_costs();
  file.header["request_work"]["thread"].push_back(
      {{"work", "select_turn"}, {"often", "request"}, {"times", 1}});
  const auto models = cost_model(compare({file}));
  ASSERT_EQ(models.size(), 1U);
  EXPECT_THAT(models[0].rows, IsEmpty());
  EXPECT_THAT(models[0].unpredicted, ElementsAre(HasSubstr("thread: what \"select_turn\" costs")));
}

TEST(CostModel, SaysNothingWithoutPrimitivesOrOfLoadsThatAreMoreThanRequests) {
  auto file = file_with_costs();
  auto churn = file;
  churn.scenarios[0]["load"]["messages_per_connection"] = 1;
  EXPECT_THAT(cost_model(compare({churn})), IsEmpty());
  auto pipelined = file;
  pipelined.scenarios[0]["load"]["pipeline"] = 16;
  EXPECT_THAT(cost_model(compare({pipelined})), IsEmpty());
  file.header.erase("primitives");
  EXPECT_THAT(cost_model(compare({file})), IsEmpty());
}

}  // namespace
}  // namespace threadmill::results
