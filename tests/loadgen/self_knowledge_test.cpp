#include "loadgen/self_knowledge.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace threadmill::load {
namespace {

constexpr std::int64_t kMs = 1'000'000;

/// A second of 10 connections, 10 ms for each answer: 1000 requests.
LoadReport closed_loop() {
  LoadReport report;
  report.plan.requests.connections = 10;
  report.window = {.start_ns = 5'000 * kMs, .end_ns = 6'000 * kMs, .deadline_ns = 6'000 * kMs};
  report.asked = 10;
  report.established = 10;
  report.completed = 1000;
  report.completed_in_time = 1000;
  for (int i = 0; i < 1000; ++i) report.service_time.record(10 * kMs);
  report.threads = {{.cpus = {0}, .window_cpu_ns = 200 * kMs, .window_run_delay_ns = 10 * kMs},
                    {.cpus = {1}, .window_cpu_ns = 500 * kMs, .window_run_delay_ns = 50 * kMs}};
  return report;
}

LoadReport open_loop() {
  LoadReport report = closed_loop();
  report.plan.arrivals.process = ArrivalProcess::constant;
  report.paced.emplace();
  report.paced->send_delay.record(30'000);
  report.paced->response_time.record(12 * kMs);
  return report;
}

TEST(SelfKnowledge, SharesAreThoseOfTheBusiestThread) {
  const auto self = self_knowledge(closed_loop());
  EXPECT_DOUBLE_EQ(self.evidence.busiest_thread, 0.55);
  EXPECT_DOUBLE_EQ(self.evidence.starved, 0.05);
}

TEST(SelfKnowledge, WithoutARunDelayCountsTheCpuAlone) {
  LoadReport report = closed_loop();
  for (auto& thread : report.threads) thread.window_run_delay_ns.reset();
  EXPECT_DOUBLE_EQ(self_knowledge(report).evidence.busiest_thread, 0.5);
  EXPECT_DOUBLE_EQ(self_knowledge(report).evidence.starved, 0);
}

TEST(SelfKnowledge, EstablishedIsAShareOfWhatWasAsked) {
  LoadReport report = closed_loop();
  report.established = 5;
  EXPECT_DOUBLE_EQ(self_knowledge(report).established, 0.5);
}

TEST(SelfKnowledge, LittlesLawHoldsWhereAllIsCounted) {
  LoadReport report = closed_loop();
  ASSERT_TRUE(self_knowledge(report).littles_law_residual);
  EXPECT_NEAR(*self_knowledge(report).littles_law_residual, 0, 1e-3);
  EXPECT_NEAR(self_knowledge(report).evidence.in_flight, 10, 0.01);
  report.completed_in_time = 500;  // half of them were forgotten
  EXPECT_NEAR(*self_knowledge(report).littles_law_residual, 0.5, 1e-3);
}

TEST(SelfKnowledge, LittlesLawCountsTheTimeToThink) {
  LoadReport report = closed_loop();
  report.plan.arrivals.think_ns = 5 * kMs;
  report.plan.requests.connections = 20;
  report.paced.emplace();
  for (int i = 0; i < 1000; ++i) report.paced->slip.record(5 * kMs);
  EXPECT_NEAR(*self_knowledge(report).littles_law_residual, 0, 1e-3);
}

TEST(SelfKnowledge, LittlesLawSaysNothingWhereTheNumberUnderWayIsNotPlanned) {
  EXPECT_FALSE(self_knowledge(open_loop()).littles_law_residual);
  LoadReport churn = closed_loop();
  churn.plan.requests.messages_per_connection = 5;
  EXPECT_FALSE(self_knowledge(churn).littles_law_residual);
  LoadReport pubsub = closed_loop();
  pubsub.plan.driver = DriverKind::pubsub;
  EXPECT_FALSE(self_knowledge(pubsub).littles_law_residual);
  LoadReport by_number = closed_loop();
  by_number.window.deadline_ns.reset();
  EXPECT_FALSE(self_knowledge(by_number).littles_law_residual);
}

TEST(SelfKnowledge, UnreadAnswersAreThoseOfATurnWhileTheThreadsAreBusy) {
  LoadReport report = closed_loop();
  report.threads = {{.cpus = {0}, .window_cpu_ns = 1000 * kMs}};
  for (int i = 0; i < 100; ++i) report.readiness.count_turn(5);
  EXPECT_NEAR(self_knowledge(report).evidence.unread, 0.5, 1e-3);  // 5 of 10
  report.threads = {{.cpus = {0}, .window_cpu_ns = 500 * kMs}};
  EXPECT_NEAR(self_knowledge(report).evidence.unread, 0.25, 1e-3) << "it slept half of the time";
}

TEST(SelfKnowledge, OfASchedule) {
  LoadReport report = open_loop();
  report.unsent = 1000;
  const auto self = self_knowledge(report);
  EXPECT_TRUE(self.evidence.paced);
  EXPECT_DOUBLE_EQ(self.evidence.unsent, 0.5);
  EXPECT_NEAR(*self.evidence.send_delay_p99_us, 30, 0.1);
  EXPECT_NEAR(*self.evidence.response_p99_us, 12'000, 12);
  EXPECT_EQ(self.limit.limited_by, LimitedBy::server);
}

TEST(SelfKnowledge, ItsEvidenceComesBackFromJson) {
  for (const LoadReport& report : {closed_loop(), open_loop()}) {
    const auto self = self_knowledge(report);
    const auto json = to_json(self);
    EXPECT_EQ(json["limited_by"], to_text(self.limit.limited_by));
    const auto back = limit_evidence_from_json(json);
    ASSERT_TRUE(back);
    EXPECT_EQ(judge_limit(*back).reason, self.limit.reason);
    EXPECT_EQ(back->send_delay_p99_us.has_value(), report.paced.has_value());
  }
  EXPECT_FALSE(limit_evidence_from_json(nullptr));
  EXPECT_FALSE(limit_evidence_from_json({{"paced", true}}));
}

}  // namespace
}  // namespace threadmill::load
