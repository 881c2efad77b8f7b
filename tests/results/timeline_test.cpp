#include "results/trial/timeline.h"

#include <gmock/gmock.h>

#include "results/comparison/comparison.h"
#include "results/trial/latency.h"
#include "trial_records.h"

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Optional;

constexpr std::int64_t kWindowStartNs = 5'000'000'000;
constexpr std::int64_t kSecondNs = 1'000'000'000;

json second_with(int second, std::uint64_t completed, std::int64_t latency_ns) {
  return {{"second", second},
          {"completed", completed},
          {"errors", 0},
          {"hdr_v2", histogram_of({latency_ns})["hdr_v2"]}};
}

/// A trial that sent for `sent_s` seconds, with a series of three seconds.
json trial_of(double sent_s) {
  json trial = echo_trial("epoll", 0, 1000);
  trial["load"]["window"]["deadline_ns"] = kWindowStartNs + static_cast<std::int64_t>(sent_s * 1e9);
  trial["load"]["window"]["end_ns"] = kWindowStartNs + 3 * kSecondNs;
  trial["load"]["series"]["service_time"] = {second_with(0, 100, 1000), second_with(1, 200, 2000),
                                             second_with(2, 5, 3000)};
  return trial;
}

TEST(TimelineOf, HasAPointForEachWholeSecondOfSending) {
  const auto rates = timeline_of(trial_of(2)).rates;
  ASSERT_EQ(rates.size(), 2U) << "what was drained is no rate";
  EXPECT_DOUBLE_EQ(rates[1].second, 1.5);
  EXPECT_DOUBLE_EQ(rates[1].requests_per_s, 200);
  EXPECT_THAT(rates[1].p99_ns, Optional(DoubleNear(2000, 2)));
  EXPECT_EQ(timeline_of(trial_of(2.6)).rates.size(), 2U);
}

TEST(TimelineOf, TakesLatenciesFromTheScheduleAndRatesFromWhatWasSent) {
  json trial = trial_of(2);
  trial["load"]["series"]["response_time"] = {second_with(0, 100, 9000), second_with(1, 900, 9000)};
  const auto rates = timeline_of(trial).rates;
  EXPECT_DOUBLE_EQ(rates.at(1).requests_per_s, 200) << "900 include what was never sent";
  EXPECT_THAT(rates.at(1).p50_ns, Optional(DoubleNear(9000, 10)));
}

TEST(TimelineOf, ASecondThatCannotBeReadHasARateOnly) {
  json trial = trial_of(2);
  trial["load"]["series"]["service_time"][0]["hdr_v2"] = "no histogram";
  const auto rates = timeline_of(trial).rates;
  EXPECT_DOUBLE_EQ(rates.at(0).requests_per_s, 100);
  EXPECT_FALSE(rates.at(0).p50_ns);
}

TEST(TimelineOf, OfARecordWithoutAnythingIsEmpty) {
  const auto timeline = timeline_of(json::object());
  EXPECT_TRUE(timeline.rates.empty());
  EXPECT_TRUE(timeline.cpu.empty());
  EXPECT_TRUE(timeline.memory.empty());
}

/// A server that used half a CPU for `seconds`, sampled ten times a second.
json sampled_trial(int seconds) {
  json trial = echo_trial("epoll", 0, 1000);
  auto& gates = trial["samples"]["gates"];
  const auto sample = [&](int tenth) {
    return json{{"t_ns", kWindowStartNs + tenth * kSecondNs / 10}, {"cpu_ns", tenth * kSecondNs / 20}};
  };
  gates["warm"].update(sample(0));
  gates["measured"].update(sample(10 * seconds));
  trial["samples"]["series"] = json::array();
  for (int tenth = 1; tenth < 10 * seconds; ++tenth) trial["samples"]["series"].push_back(sample(tenth));
  return trial;
}

TEST(TimelineOf, TellsTheServersCpuBetweenSamples) {
  const auto cpu = timeline_of(sampled_trial(2)).cpu;
  ASSERT_EQ(cpu.size(), 20U);
  for (const auto& point : cpu) EXPECT_NEAR(point.cpu_percent, 50, 1e-9);
  EXPECT_NEAR(cpu.front().second, 0.05, 1e-9);
  EXPECT_NEAR(cpu.back().second, 1.95, 1e-9);
}

TEST(TimelineOf, OfALongTrialTakesLongerIntervals) {
  const auto cpu = timeline_of(sampled_trial(100)).cpu;
  EXPECT_LE(cpu.size(), kMostServerPoints);
  EXPECT_GE(cpu.size(), kMostServerPoints / 2);
  for (const auto& point : cpu) EXPECT_NEAR(point.cpu_percent, 50, 1e-9);
}

TEST(TimelineOf, HasMemoryOnlyWhereItWasSampled) {
  const auto memory = timeline_of(sampled_trial(2)).memory;
  ASSERT_EQ(memory.size(), 2U) << "at both gates";
  EXPECT_DOUBLE_EQ(memory[1].pss_bytes, 11 * 1048576.0);
}

TEST(Compare, ARowHasTheTimelineOfItsTrialInTheMiddle) {
  std::vector<json> trials;
  for (const std::uint64_t rate : {100U, 300U, 200U}) {
    trials.push_back(trial_of(3));
    trials.back()["repeat"] = trials.size();
    trials.back()["load"]["completed_in_time"] = 3 * rate;
    trials.back()["load"]["series"]["service_time"][0]["completed"] = rate;
  }
  const Row row = compare({result_file("run.jsonl", trials)}).scenarios.at(0).rows.at(0);
  ASSERT_EQ(row.timeline.rates.size(), 3U);
  EXPECT_DOUBLE_EQ(row.timeline.rates[0].requests_per_s, 200);
}

MergedLatency latency_of(int count) {
  std::vector<std::int64_t> values;
  for (int i = 1; i <= count; ++i) values.push_back(i);
  const json histogram = histogram_of(values);
  MergedLatency merged;
  merged.add(&histogram);
  return merged;
}

TEST(LatencyCurve, EndsWhereFewerThanTenLieBeyond) {
  EXPECT_TRUE(MergedLatency().curve().empty());
  EXPECT_TRUE(latency_of(9).curve().empty());
  EXPECT_DOUBLE_EQ(latency_of(100).curve().back().percentile, 90);
  EXPECT_DOUBLE_EQ(latency_of(999).curve().back().percentile, 98.5);
  EXPECT_DOUBLE_EQ(latency_of(1000).curve().back().percentile, 99);
  EXPECT_DOUBLE_EQ(latency_of(100'000).curve().back().percentile, 99.99);
}

TEST(Percentiles, AreAbsentWhereFewerThanTenLieBeyond) {
  EXPECT_FALSE(MergedLatency().percentiles());
  const auto told = [](int count) {
    const auto percentiles = *latency_of(count).percentiles();
    return std::vector<bool>{percentiles.p50_ns.has_value(), percentiles.p99_ns.has_value(),
                             percentiles.p999_ns.has_value()};
  };
  EXPECT_THAT(told(19), ElementsAre(false, false, false));
  EXPECT_THAT(told(20), ElementsAre(true, false, false));
  EXPECT_THAT(told(999), ElementsAre(true, false, false));
  EXPECT_THAT(told(1000), ElementsAre(true, true, false));
  EXPECT_THAT(told(10'000), ElementsAre(true, true, true));
}

TEST(LatencyCurve, GrowsFromTheSmallest) {
  const auto curve = latency_of(1000).curve();
  EXPECT_DOUBLE_EQ(curve.front().percentile, 0);
  EXPECT_DOUBLE_EQ(curve.front().ns, 1);
  for (std::size_t i = 1; i < curve.size(); ++i) {
    EXPECT_GT(curve[i].percentile, curve[i - 1].percentile);
    EXPECT_GE(curve[i].ns, curve[i - 1].ns);
  }
}

}  // namespace
}  // namespace threadmill::results
