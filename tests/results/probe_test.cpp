#include "results/sweep/probe.h"

#include <gmock/gmock.h>

#include "tests/results/sweep_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const FakeServer kServer{.subject = "epoll", .highest_per_s = 20'000};
constexpr Level kEasy = 5'000, kBeyond = 40'000;

ProbeVerdict judge(const json& record, const std::string& level = "p99<5ms", std::uint64_t max_errors = 0,
                   std::size_t server_cpus = 1) {
  return judge_probe(record, derive_trial(record, server_cpus),
                     {ServiceLevel::parse(level), Latency::response, true, max_errors});
}

TEST(Probe, MeetsWhereTheLatencyIsBelowTheLimitAndTheRateWasKept) {
  const auto verdict = judge(fake_probe(kServer, 0, kEasy));
  EXPECT_EQ(verdict.outcome, ProbeOutcome::meets);
  EXPECT_EQ(verdict.reason, "");
}

TEST(Probe, EveryLimitCounts) {
  // Mean 67 us at this load: half of the requests took less than 46 us, the slowest 400 us.
  EXPECT_EQ(judge(fake_probe(kServer, 0, kEasy), "p50<60us,max<500us").outcome, ProbeOutcome::meets);
  const auto verdict = judge(fake_probe(kServer, 0, kEasy), "p50<60us,max<100us");
  EXPECT_EQ(verdict.outcome, ProbeOutcome::violates);
  EXPECT_THAT(verdict.reason, HasSubstr("max was 0.399 ms, not max<100us"));
}

TEST(Probe, ARateThatWasNotKeptIsOverTheCapacityWhateverThePercentile) {
  auto record = fake_probe(kServer, 0, kEasy);
  record["load"]["completed_in_time"] = 4'900;
  const auto verdict = judge(record);
  EXPECT_EQ(verdict.outcome, ProbeOutcome::violates);
  EXPECT_THAT(verdict.reason, HasSubstr("98.0 % of what was due"));
}

// With 100 ms allowed, what was due in the last 100 ms of the second may be answered after its end.
TEST(Probe, WhatMayStillBeUnderWayAtTheEndOfTheWindowIsNotMissed) {
  auto record = fake_probe(kServer, 0, kEasy);
  record["load"]["completed_in_time"] = 4'500;
  EXPECT_EQ(judge(record, "p99<100ms").outcome, ProbeOutcome::meets);
}

TEST(Probe, ErrorsAndMessagesLostCountTogetherAgainstTheMost) {
  auto record = fake_probe(kServer, 0, kEasy);
  record["outcome"] = "failed";
  record["failure"] = {{"stage", "load"}, {"reason", "errors: 2 reset"}};
  record["load"]["errors"]["reset"] = 2;
  record["load"]["integrity"]["lost"] = 1;
  EXPECT_EQ(judge(record, "p99<5ms", 3).outcome, ProbeOutcome::meets);
  const auto verdict = judge(record, "p99<5ms", 2);
  EXPECT_EQ(verdict.outcome, ProbeOutcome::violates);
  EXPECT_THAT(verdict.reason, HasSubstr("2 errors and 1 messages"));
}

TEST(Probe, WhereTheGeneratorWasTheLimitItCannotSay) {
  const FakeServer held_back{.subject = "epoll", .highest_per_s = 1e6, .generator_per_s = 10'000};
  const auto verdict = judge(fake_probe(held_back, 0, kBeyond));
  EXPECT_EQ(verdict.outcome, ProbeOutcome::cannot_say);
  EXPECT_THAT(verdict.reason, HasSubstr("the load generator was the limit: "));
}

TEST(Probe, WithSharedCpusAShortfallCannotBeJudgedButSuccessCan) {
  EXPECT_EQ(judge(fake_probe(kServer, 0, kEasy), "p99<5ms", 0, 0).outcome, ProbeOutcome::meets);
  const auto verdict = judge(fake_probe(kServer, 0, kBeyond), "p99<5ms", 0, 0);
  EXPECT_EQ(verdict.outcome, ProbeOutcome::cannot_say);
  EXPECT_THAT(verdict.reason, HasSubstr("how busy the server was is not known"));
}

TEST(Probe, ATrialThatBrokeOffForAnotherReasonHasNoOutcome) {
  auto not_started = fake_probe(kServer, 0, kEasy);
  not_started["outcome"] = "failed";
  not_started["failure"] = {{"stage", "start"}, {"reason", "no such program"}};
  EXPECT_FALSE(judge(not_started).outcome);
  EXPECT_THAT(judge(not_started).reason, HasSubstr("failed at start: no such program"));

  auto no_bystanders = fake_probe(kServer, 0, kEasy);
  no_bystanders["outcome"] = "failed";
  no_bystanders["failure"] = {{"stage", "load"},
                              {"reason", "incomplete: 3 of 5 bystanders were not established"}};
  no_bystanders["load"]["outcome"] = "failed";
  EXPECT_FALSE(judge(no_bystanders).outcome);
  EXPECT_THAT(judge(no_bystanders).reason, HasSubstr("bystanders"));
  EXPECT_FALSE(judge(json::object()).outcome);
}

}  // namespace
}  // namespace threadmill::results
