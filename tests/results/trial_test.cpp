#include "results/trial/trial.h"

#include <gmock/gmock.h>

#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::DoubleNear;
using testing::HasSubstr;
using testing::Optional;

TEST(DeriveTrial, AServerThatGaveMemoryBackHasNoBytesPerConnection) {
  auto record = echo_trial("epoll", 0, 100);
  const auto& gates = record["samples"]["gates"];
  std::swap(record["samples"]["gates"]["start"], record["samples"]["gates"]["measured"]);
  ASSERT_TRUE(gates.contains("start"));
  EXPECT_FALSE(derive_trial(record, 1).values[Metric::bytes_per_connection]);
}

TEST(DeriveTrial, DividesByTheWindowAndTheRequests) {
  const Trial trial = derive_trial(echo_trial("epoll", 3, 50'000), 1);
  EXPECT_TRUE(trial.valid()) << trial.problem;
  EXPECT_EQ(trial.subject, "epoll");
  EXPECT_EQ(trial.repeat, 3);
  EXPECT_THAT(trial.values[Metric::requests_per_s], Optional(50'000.0));
  EXPECT_THAT(trial.values[Metric::cpu_us_per_request],
              Optional(DoubleNear(8, 1e-9)));  // (600 - 200) ms / 50,000
  EXPECT_THAT(trial.values[Metric::server_cpu_percent], Optional(DoubleNear(40, 1e-9)));
  EXPECT_THAT(trial.values[Metric::generator_cpu_percent], Optional(DoubleNear(50, 1e-9)));
  EXPECT_THAT(trial.values[Metric::switches_per_request], Optional(DoubleNear(200.0 / 50'000, 1e-12)));
  EXPECT_THAT(trial.values[Metric::service_p50_ns], Optional(DoubleNear(2000, 2)));
  EXPECT_THAT(trial.values[Metric::service_p999_ns], Optional(DoubleNear(3000, 3)));
  EXPECT_FALSE(trial.values[Metric::deliveries_per_s]) << "an echo delivers nothing";
}

TEST(DeriveTrial, TakesTheLastGateBeforeTheWindow) {
  json record = echo_trial("epoll", 0, 1000);
  record["samples"]["gates"].erase("warm");
  EXPECT_THAT(derive_trial(record, 1).values[Metric::cpu_us_per_request], Optional(DoubleNear(500, 1e-9)));
  record["samples"]["gates"].erase("connected");
  EXPECT_THAT(derive_trial(record, 1).values[Metric::cpu_us_per_request], Optional(DoubleNear(600, 1e-9)));
}

TEST(DeriveTrial, MemoryPerConnectionLeavesOutTheIdleServerWhereItIsKnown) {
  json record = echo_trial("epoll", 0, 1000);
  Trial trial = derive_trial(record, 1);
  EXPECT_TRUE(trial.memory_is_growth);
  EXPECT_THAT(trial.values[Metric::bytes_per_connection], Optional(1048576.0));  // (11 - 1) MiB over 10
  record["samples"]["gates"].erase("start");
  trial = derive_trial(record, 1);
  EXPECT_FALSE(trial.memory_is_growth);
  EXPECT_THAT(trial.values[Metric::bytes_per_connection], Optional(1.1 * 1048576));
}

TEST(DeriveTrial, ACounterThatShrankGivesNoNumber) {
  json record = echo_trial("fork", 0, 1000);
  record["samples"]["gates"]["measured"]["cpu_ns"] = 1;  // a process left and took its time with it
  EXPECT_FALSE(derive_trial(record, 1).values[Metric::cpu_us_per_request]);
}

// Of a server that was killed and started anew, what was watched is the first process: it is no cost of all.
TEST(DeriveTrial, AServerWhosePlaceAnotherTookHasNoCosts) {
  json record = echo_trial("epoll", 0, 1000);
  auto& last = record["samples"]["gates"]["measured"];
  record["samples"]["series"] = json::array({{{"t_ns", 5'100'000'000}, {"cpu_ns", 250'000'000}}});
  for (auto& counter : last) counter = 0;
  last["processes"] = 0;
  const Trial trial = derive_trial(record, 1);
  EXPECT_TRUE(trial.valid()) << trial.problem;
  EXPECT_TRUE(trial.values[Metric::requests_per_s]);
  for (const auto cost :
       {Metric::cpu_us_per_request, Metric::server_cpu_percent, Metric::server_cpu_percent_max,
        Metric::pss_peak_bytes, Metric::bytes_per_connection, Metric::switches_per_request})
    EXPECT_FALSE(trial.values[cost]);
}

TEST(DeriveTrial, ClientsThatWereLostInTheWarmUpTellNothingOfAFault) {
  auto record = echo_trial("epoll", 0, 100);
  record["load"]["losses"] = {
      {"clients", 1}, {"connections", 1}, {"returned", 1},           {"requests", 0},
      {"refused", 0}, {"first_ns", 0},    {"last_return_ns", 5'000}, {"longest_absence_ns", 1'000}};
  record["fault"] = {{"kind", "kill"}, {"struck_ns", 10'000}};
  auto trial = derive_trial(record, 1);
  EXPECT_FALSE(trial.values[Metric::recovery_ns]) << "no time of a first loss";
  EXPECT_FALSE(trial.values[Metric::fault_noticed_ns]);
  record["load"]["losses"]["first_ns"] = 12'000;
  record["load"]["losses"]["last_return_ns"] = 17'000;
  trial = derive_trial(record, 1);
  EXPECT_THAT(trial.values[Metric::recovery_ns], Optional(5'000.0));
  EXPECT_THAT(trial.values[Metric::fault_noticed_ns], Optional(2'000.0));
}

TEST(DeriveTrial, EachKindOfFailureMakesItInvalidAndSaysWhy) {
  const auto problem_after = [](auto change) {
    json record = echo_trial("epoll", 0, 1000);
    change(record);
    return derive_trial(record, 1).problem;
  };
  EXPECT_THAT(problem_after([](json& r) { r["load"]["errors"]["reset"] = 2; }), HasSubstr("2 reset"));
  EXPECT_THAT(problem_after([](json& r) { r["load"]["integrity"]["lost"] = 1; }), HasSubstr("1 lost"));
  EXPECT_THAT(problem_after([](json& r) {
                r["load"]["outcome"] = "failed";
                r["load"]["failure"] = "refused";
              }),
              HasSubstr("refused"));
  EXPECT_THAT(problem_after([](json& r) { r["load"]["connections"]["established"] = 9; }),
              HasSubstr("9 of 10"));
  EXPECT_THAT(problem_after([](json& r) { r["load"]["completed"] = 0; }), HasSubstr("nothing was completed"));
  EXPECT_THAT(problem_after([](json& r) { r["load"]["window"]["end_ns"] = 5'000'000'000; }),
              HasSubstr("window"));
  EXPECT_THAT(problem_after([](json& r) { r["load"] = nullptr; }), HasSubstr("no load report"));
  EXPECT_THAT(problem_after([](json& r) { r["load"]["latency"]["service_time"]["hdr_v2"] = "HISTnonsense"; }),
              HasSubstr("histogram"));
  EXPECT_THAT(problem_after([](json& r) {
                r["outcome"] = "failed";
                r["failure"] = {{"stage", "start"}, {"reason", "never ready"}};
              }),
              HasSubstr("start: never ready"));
}

// Adds what a snapshot of this version has beside the old keys.
json explained_trial() {
  json record = echo_trial("fork", 0, 1000);
  auto& gates = record["samples"]["gates"];
  gates["warm"].update({{"user_ticks_ns", 100'000'000},
                        {"system_ticks_ns", 1'000'000'000},
                        {"reaped_cpu_ns", 0},
                        {"minor_faults", 10},
                        {"major_faults", 1}});
  gates["measured"].update({{"user_ticks_ns", 400'000'000},
                            {"system_ticks_ns", 1'100'000'000},
                            {"reaped_cpu_ns", 0},
                            {"minor_faults", 505},
                            {"major_faults", 6},
                            {"threads_gone", 0},
                            {"involuntary_switches", 150}});
  record["samples"]["sampler_window_cpu_ns"] = 15'000'000;
  record["syscalls"] = {{"counted", 900}, {"switches", 600}, {"requests", 300}};
  record["machine"] = {{"steal_percent", 1.5}, {"others_cpu_percent", nullptr}};
  return record;
}

TEST(DeriveTrial, AFewTicksSplitNothing) {
  json record = explained_trial();
  record["samples"]["gates"]["measured"]["user_ticks_ns"] = 150'000'000;
  EXPECT_FALSE(derive_trial(record, 1).values[Metric::user_cpu_us_per_request]) << "0.15 s: 15 ticks";
}

TEST(DeriveTrial, CpuTimePerRequestIsSplitAsTheTicksAre) {
  json record = explained_trial();
  auto values = derive_trial(record, 1).values;
  EXPECT_THAT(values[Metric::user_cpu_us_per_request], Optional(DoubleNear(300, 1e-9)));  // 3 of 4 ticks
  EXPECT_THAT(values[Metric::system_cpu_us_per_request], Optional(DoubleNear(100, 1e-9)));
  record["samples"]["gates"]["measured"]["reaped_cpu_ns"] = 40'000'000;  // of 400 ms
  values = derive_trial(record, 1).values;
  EXPECT_FALSE(values[Metric::user_cpu_us_per_request]) << "short-lived children count as user time";
  EXPECT_TRUE(values[Metric::cpu_us_per_request]);
  EXPECT_FALSE(derive_trial(echo_trial("old", 0, 1000), 1).values[Metric::system_cpu_us_per_request]);
}

TEST(DeriveTrial, SwitchesAreToldApartUnlessThreadsTookTheirsWithThem) {
  json record = explained_trial();
  Trial trial = derive_trial(record, 1);
  EXPECT_THAT(trial.values[Metric::voluntary_switches_per_request], Optional(DoubleNear(0.1, 1e-12)));
  EXPECT_THAT(trial.values[Metric::involuntary_switches_per_request], Optional(DoubleNear(0.05, 1e-12)));
  EXPECT_THAT(trial.values[Metric::switches_per_request], Optional(DoubleNear(0.15, 1e-12)));
  EXPECT_FALSE(trial.explanation.threads_ended);
  record["samples"]["gates"]["measured"]["threads_gone"] = 3;
  trial = derive_trial(record, 1);
  EXPECT_TRUE(trial.explanation.threads_ended);
  EXPECT_FALSE(trial.values[Metric::voluntary_switches_per_request]);
  EXPECT_THAT(trial.values[Metric::switches_per_request], Optional(DoubleNear(2, 1e-12))) << "of the pass";
  record.erase("syscalls");
  EXPECT_FALSE(derive_trial(record, 1).values[Metric::switches_per_request]);
}

TEST(DeriveTrial, WhatExplainsARequest) {
  json record = explained_trial();
  Trial trial = derive_trial(record, 1);
  EXPECT_THAT(trial.values[Metric::syscalls_per_request], Optional(DoubleNear(3, 1e-12)));
  EXPECT_THAT(trial.values[Metric::page_faults_per_request], Optional(DoubleNear(0.5, 1e-12)));
  EXPECT_THAT(trial.values[Metric::sampler_cpu_percent], Optional(DoubleNear(1.5, 1e-9)));
  EXPECT_THAT(trial.values[Metric::steal_percent], Optional(1.5));
  EXPECT_FALSE(trial.values[Metric::others_cpu_percent]) << "the kernel did not tell";
  record["syscalls"] = {{"unavailable", "tracefs is not mounted"}};
  trial = derive_trial(record, 1);
  EXPECT_FALSE(trial.values[Metric::syscalls_per_request]);
  EXPECT_EQ(trial.explanation.syscalls_unavailable, "tracefs is not mounted");
}

TEST(DeriveTrial, SurvivesARecordOfTheWrongTypes) {
  EXPECT_FALSE(derive_trial(json::object(), 1).valid());
  EXPECT_FALSE(
      derive_trial(json::parse(R"({"subject":1,"outcome":"ok","load":[],"samples":"x","server":7})"), 1)
          .valid());
}

TEST(DeriveTrial, NumbersThatNoCounterHoldsAreReadWithoutHarm) {
  json record = echo_trial("epoll", 0, 1000);
  record["repeat"] = 1e300;
  record["sequence"] = -1e300;
  record["load"]["errors"]["reset"] = 1e300;
  const Trial trial = derive_trial(record, 1);
  EXPECT_EQ(trial.repeat, 0);
  EXPECT_EQ(trial.sequence, 0);
  EXPECT_THAT(trial.problem, HasSubstr("reset")) << "an error all the same";
}

TEST(DeriveTrial, AFigureTooLargeForANumberIsAbsent) {
  json record = echo_trial("epoll", 0, 1000);
  record["load"]["completed"] = 1e308;
  record["load"]["window"] = {{"start_ns", 0}, {"end_ns", 1e-3}};
  EXPECT_FALSE(derive_trial(record, 1).values[Metric::requests_per_s]);
}

TEST(DeriveTrial, ARateCountsWhatWasAnsweredByTheDeadline) {
  json record = echo_trial("epoll", 0, 1000);
  const std::int64_t start_ns = record["load"]["window"]["start_ns"];
  record["load"]["window"]["deadline_ns"] = start_ns + 500'000'000;
  record["load"]["completed_in_time"] = 400;
  EXPECT_DOUBLE_EQ(*derive_trial(record, 1).values[Metric::requests_per_s], 800);
}

/// One second of a fan-out to 500 subscribers; 128 publications were under way at the deadline.
Trial fan_out_of(std::uint64_t publications, std::uint64_t through_in_time,
                 std::uint64_t deliveries_in_time) {
  json record = echo_trial("fork", 0, publications);
  auto& load = record["load"];
  load["window"]["deadline_ns"] = load["window"]["start_ns"].get<std::int64_t>() + 1'000'000'000;
  load["completed_in_time"] = through_in_time;
  load["deliveries"] = publications * 500;
  load["deliveries_in_time"] = deliveries_in_time;
  return derive_trial(record, 1);
}

// As measured: 37,000 deliveries/s, and not one publication that was through by the deadline.
TEST(DeriveTrial, APublicationCountsAsItReachesItsSubscribers) {
  const auto slow = fan_out_of(128, 0, 37'000).values;
  EXPECT_THAT(slow[Metric::requests_per_s], Optional(DoubleNear(74, 1e-9)));
  EXPECT_THAT(slow[Metric::deliveries_per_s], Optional(37'000.0));
  EXPECT_THAT(fan_out_of(600, 472, 250'000).values[Metric::requests_per_s], Optional(DoubleNear(500, 1e-9)));
  EXPECT_THAT(fan_out_of(128, 0, 0).values[Metric::requests_per_s], Optional(0.0));
}

TEST(DeriveTrial, AFileThatDoesNotTellDeliveriesInTimeHasItsWholePublications) {
  json record = echo_trial("fork", 0, 600);
  record["load"]["window"]["deadline_ns"] =
      record["load"]["window"]["start_ns"].get<std::int64_t>() + 1'000'000'000;
  record["load"]["completed_in_time"] = 472;
  record["load"]["deliveries"] = 300'000;
  EXPECT_THAT(derive_trial(record, 1).values[Metric::requests_per_s], Optional(472.0));
}

std::optional<load::LimitedBy> limited_by(const json& record, std::size_t server_cpus) {
  const auto limit = derive_trial(record, server_cpus).limit;
  return limit ? std::optional(limit->limited_by) : std::nullopt;
}

TEST(LimitOfATrial, AServersBudgetIsNoMoreThanItsThreads) {
  json record = echo_trial("epoll", 0, 1000);
  auto& measured = record["samples"]["gates"]["measured"];
  measured["cpu_ns"] = 1'150'000'000;  // 0.95 s of CPU in the window
  EXPECT_EQ(limited_by(record, 4), load::LimitedBy::none);
  measured["threads"] = 2;
  EXPECT_EQ(limited_by(record, 4), load::LimitedBy::none);
  measured["threads"] = 1;
  EXPECT_EQ(limited_by(record, 4), load::LimitedBy::server);
  measured["threads"] = 0;
  EXPECT_EQ(limited_by(record, 4), load::LimitedBy::server);
  measured["threads"] = 100;
  EXPECT_EQ(limited_by(record, 1), load::LimitedBy::server);
  EXPECT_EQ(limited_by(record, 0), std::nullopt);
}

TEST(LimitOfATrial, AFullThreadAmongIdleOnesIsAFullServer) {
  json record = echo_trial("redis-server", 0, 1000);
  auto& measured = record["samples"]["gates"]["measured"];
  measured["threads"] = 5;
  measured["cpu_ns"] = 1'150'000'000;  // 0.95 s of CPU in the window of 1 s
  measured["busiest_thread_cpu_ns"] = 400'000'000;
  EXPECT_EQ(limited_by(record, 2), load::LimitedBy::none);
  measured["busiest_thread_cpu_ns"] = 940'000'000;
  EXPECT_EQ(limited_by(record, 2), load::LimitedBy::server);
}

json sample_at(std::int64_t t_ms, std::int64_t cpu_ms) {
  return {{"t_ns", t_ms * 1'000'000}, {"cpu_ns", cpu_ms * 1'000'000}};
}

TEST(BusiestInterval, HasTheGatesForItsEnds) {
  json record = echo_trial("epoll", 0, 1000);
  auto& gates = record["samples"]["gates"];
  const auto busiest = [&] { return derive_trial(record, 1).values[Metric::server_cpu_percent_max]; };
  gates["warm"].update(sample_at(1000, 100));
  gates["measured"].update(sample_at(1030, 118));
  EXPECT_THAT(busiest(), Optional(DoubleNear(60, 1e-9))) << "a window without a sample in it";
  gates["measured"].update(sample_at(1250, 250));
  record["samples"]["series"] = {sample_at(900, 0), sample_at(1001, 110), sample_at(1100, 180),
                                 sample_at(1200, 220), sample_at(1249, 250)};
  // From 1000 to 1100 ms: what lies before the window or too near to another sample does not count.
  EXPECT_THAT(busiest(), Optional(DoubleNear(80, 1e-9)));
}

TEST(LimitOfATrial, RestsOnWhatTheGeneratorTellsOfItselfAndOnTheServersCpu) {
  json record = echo_trial("epoll", 0, 1000);
  record["samples"]["gates"]["measured"]["cpu_ns"] = 1'150'000'000;  // 0.95 s of CPU in the window
  record["load"]["self"]["busiest_thread"] = 0.99;
  EXPECT_EQ(limited_by(record, 1), load::LimitedBy::server);
  EXPECT_EQ(limited_by(record, 2), load::LimitedBy::generator) << "0.95 of two CPUs is less than half";
  record["load"]["self"]["unread"] = 0.9;
  EXPECT_EQ(limited_by(record, 1), load::LimitedBy::generator) << "answers waited to be read";
  record["load"].erase("self");
  EXPECT_EQ(limited_by(record, 1), std::nullopt);
}

}  // namespace
}  // namespace threadmill::results
