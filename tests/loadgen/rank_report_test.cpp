// Reports of several processes, as one.

#include "loadgen/ranks/rank_report.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "loadgen/ranks/rank_plan.h"

namespace threadmill::load {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;

Plan plan_of(std::uint32_t connections, std::uint32_t threads = 1) {
  Plan plan;
  plan.target = {"127.0.0.1", 7000};
  plan.requests.connections = connections;
  plan.threads = threads;
  plan.stop.duration_s = 1;
  return plan;
}

/// A window of two seconds from `start_ns` on, with answers after these times.
RankReport rank_of(std::int64_t start_ns, const std::vector<std::int64_t>& answers_ns,
                   std::int64_t ahead_ns = 0) {
  RankReport rank;
  rank.host = "host-of-" + std::to_string(start_ns);
  rank.clock = {ahead_ns, 10};
  LoadReport& report = rank.report;
  report.plan = plan_of(4, 2);
  report.asked = report.established = 2;
  report.window = {start_ns, start_ns + 2 * kSecondNs, start_ns + 2 * kSecondNs};
  report.backlog.emplace();
  report.service_series = TimeSeries(start_ns);
  for (const std::int64_t answer_ns : answers_ns) {
    ++report.completed;
    report.service_time.record(answer_ns);
    report.service_series.record(start_ns + answer_ns, answer_ns);
  }
  report.service_series.finish(report.window.end_ns);
  return rank;
}

TEST(RankReports, AddUpExactly) {
  const std::vector<RankReport> ranks = {rank_of(kSecondNs, {1000, 5'000'000, kSecondNs + 7}),
                                         rank_of(kSecondNs, {2000, 3'000'000'000}), rank_of(kSecondNs, {17})};
  const LoadReport whole = merge_ranks(ranks);
  Histogram sum;
  for (const auto& rank : ranks) sum.merge(rank.report.service_time);
  EXPECT_EQ(whole.service_time, sum);
  EXPECT_EQ(whole.completed, 6U);
  EXPECT_EQ(whole.asked, 6U);
  EXPECT_EQ(whole.service_series.intervals()[0].completed, 4U);
  EXPECT_TRUE(whole.complete());
}

/// Ready to run for that share of the window, while others had its CPU.
RankReport starved(double share) {
  RankReport rank = rank_of(kSecondNs, {1000, 2000});
  rank.report.threads.emplace_back();
  rank.report.threads.back().window_run_delay_ns = static_cast<std::int64_t>(share * 2 * kSecondNs);
  return rank;
}

TEST(RankReports, OneThatStarvedIsTheLimitOfAllAndNamed) {
  const auto whole = to_json(std::vector{starved(0), starved(0.5)});
  EXPECT_EQ(whole["self"]["limited_by"], "generator");
  EXPECT_THAT(whole["self"]["reason"].get<std::string>(), testing::StartsWith("rank 1 on host-of-"));
  EXPECT_NE(to_json(std::vector{starved(0), starved(0)})["self"]["limited_by"], "generator");
}

TEST(RankReports, OneThatBeganLateIsTheLimitOfAllAndNamed) {
  auto late = rank_of(kSecondNs, {1000, 2000});
  late.start_late_ns = 50'000'000;
  const auto whole = to_json(std::vector{starved(0), late});
  EXPECT_EQ(whole["ranks"][1]["start_late_ns"], 50'000'000);
  EXPECT_EQ(whole["self"]["limited_by"], "generator");
  EXPECT_THAT(
      whole["self"]["reason"].get<std::string>(),
      testing::AllOf(testing::StartsWith("rank 1 on host-of-"), testing::HasSubstr("began 50 ms after")));
  late.start_late_ns = 10'000'000;  // of two seconds
  EXPECT_NE(to_json(std::vector{starved(0), late})["self"]["limited_by"], "generator");
}

TEST(RankReports, AreToldByOneClock) {
  constexpr std::int64_t kAheadNs = 500 * kSecondNs;
  const LoadReport whole =
      merge_ranks({rank_of(kSecondNs, {10}), rank_of(kSecondNs + kAheadNs, {20, kSecondNs + 30}, kAheadNs)});
  EXPECT_EQ(whole.window.start_ns, kSecondNs);
  EXPECT_EQ(whole.window.end_ns, 3 * kSecondNs);
  ASSERT_EQ(whole.service_series.intervals().size(), 2U);
  EXPECT_EQ(whole.service_series.intervals()[0].completed, 2U);
  EXPECT_EQ(whole.service_series.intervals()[1].completed, 1U);
}

TEST(RankReports, TellWhoFailedFirst) {
  std::vector<RankReport> ranks(3, rank_of(kSecondNs, {10}));
  ranks[0].report.failure = "rank 2 has failed";
  ranks[0].ended_by = 2;
  ranks[2].report.failure = "the server closed 3 connections";
  ranks[2].host = "c";
  EXPECT_EQ(merge_ranks(ranks).failure, "rank 2 on c: the server closed 3 connections");
  ranks[2].report.failure.reset();
  EXPECT_THAT(merge_ranks(ranks).failure, testing::Optional(testing::HasSubstr("rank 2 has failed")));
}

TEST(RankReports, ArriveAsTheyWereSent) {
  RankReport sent = rank_of(kSecondNs, {10, 20}, -7);
  sent.ended_by = 1;
  sent.start_late_ns = 17;
  sent.report.failure = "x";
  const RankReport came = rank_report_from_json(to_json(sent));
  EXPECT_EQ(came.host, sent.host);
  EXPECT_EQ(came.clock.ahead_ns, -7);
  EXPECT_EQ(came.clock.error_ns, 10);
  EXPECT_EQ(came.ended_by, 1U);
  EXPECT_EQ(came.start_late_ns, 17);
  EXPECT_EQ(came.report.service_time, sent.report.service_time);
  EXPECT_THROW(rank_report_from_json({{"host", "a"}}), ReportError);
}

TEST(RankReports, StandBesideTheWhole) {
  const auto json = to_json(std::vector{rank_of(kSecondNs, {10}), rank_of(kSecondNs, {20})});
  EXPECT_EQ(json["completed"], 2);
  EXPECT_EQ(json["plan"]["connections"], 4);
  ASSERT_EQ(json["ranks"].size(), 2U);
  EXPECT_EQ(json["ranks"][1]["report"]["completed"], 1);
  EXPECT_FALSE(json["ranks"][1]["report"].contains("plan"));
  EXPECT_EQ(load_report_from_json(json).completed, 2U) << "the whole reads like any report";
}

TEST(RankPlan, DealsEveryConnectionToOneRank) {
  constexpr std::size_t kRanks = 3;
  const Plan plan = plan_for_ranks(plan_of(100, 2), kRanks);
  EXPECT_EQ(plan.threads, 6U);
  std::uint32_t sum = 0;
  for (std::size_t rank = 0; rank < kRanks; ++rank) {
    const auto range = threads_of_rank(plan, rank, kRanks);
    EXPECT_EQ(range.first, rank * 2);
    EXPECT_EQ(range.count, 2U);
    EXPECT_NEAR(connections_of(plan, range), 100.0 / kRanks, 2);
    sum += connections_of(plan, range);
  }
  EXPECT_EQ(sum, 100U);
}

TEST(RankPlan, RefusesWhatCannotBeDealtOut) {
  EXPECT_THROW(plan_for_ranks(plan_of(2), 3), PlanError);
  Plan chat = plan_of(2);
  chat.driver = DriverKind::pubsub;
  EXPECT_THROW(plan_for_ranks(chat, 2), PlanError);
  EXPECT_NO_THROW(plan_for_ranks(plan_of(10'000, 2048), 2));
  EXPECT_THROW(plan_for_ranks(plan_of(10'000, 2049), 2), PlanError) << "its report would be refused";
}

TEST(RankPlan, ARankNeedsWhatItsPartNeeds) {
  const Plan plan = plan_for_ranks(plan_of(1000), 4);
  Limits limits;
  limits.descriptors = 400;
  EXPECT_EQ(shortage_of_rank(plan, threads_of_rank(plan, 3, 4), limits), std::nullopt);
  limits.descriptors = 200;
  EXPECT_THAT(shortage_of_rank(plan, threads_of_rank(plan, 3, 4), limits),
              testing::Optional(testing::HasSubstr("250 connections")));
}

}  // namespace
}  // namespace threadmill::load
