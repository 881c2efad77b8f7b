#include "loadgen/time_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadgen/report.h"

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kStart = 7'123'456'789;
constexpr std::int64_t kSecond = TimeSeries::kIntervalNs;

std::vector<std::uint64_t> completed(const TimeSeries& series) {
  std::vector<std::uint64_t> counts;
  for (const auto& interval : series.intervals()) counts.push_back(interval.completed);
  return counts;
}

std::vector<std::uint64_t> errors(const TimeSeries& series) {
  std::vector<std::uint64_t> counts;
  for (const auto& interval : series.intervals()) counts.push_back(interval.errors);
  return counts;
}

using Counts = std::vector<std::uint64_t>;

TEST(TimeSeries, ASecondBeginsWithItsFirstNanosecond) {
  TimeSeries series(kStart);
  series.record(kStart, 100);
  series.record(kStart + kSecond - 1, 200);
  series.record(kStart + kSecond, 300);
  series.finish(kStart + 2 * kSecond);
  EXPECT_EQ(completed(series), (Counts{2, 1}));
  EXPECT_EQ(series.intervals()[0].latency().value_at_percentile(100), 200);
  EXPECT_EQ(series.intervals()[1].latency().value_at_percentile(0), 300);
}

TEST(TimeSeries, SecondsWithoutAnAnswerAreThere) {
  TimeSeries series(kStart);
  series.record(kStart + 10, 1);
  series.record(kStart + 4 * kSecond, 2);
  series.finish(kStart + 6 * kSecond + 1);
  EXPECT_EQ(completed(series), (Counts{1, 0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(series.intervals()[1], Interval{});
  EXPECT_EQ(series.intervals()[1].latency(), Histogram());
}

TEST(TimeSeries, SecondsBeforeTheFirstAnswerAreThereToo) {
  TimeSeries series(kStart);
  series.record(kStart + 2 * kSecond, 1);
  series.finish(kStart + 2 * kSecond);
  EXPECT_EQ(completed(series), (Counts{0, 0, 1}));
}

TEST(TimeSeries, EndsWithTheWindow) {
  TimeSeries series(kStart);
  series.finish(kStart + 2 * kSecond);
  EXPECT_EQ(completed(series), (Counts{0, 0}));
  TimeSeries nothing(kStart);
  nothing.finish(kStart);
  EXPECT_EQ(completed(nothing), Counts{});
}

TEST(TimeSeries, AnEarlierTimeCountsInTheSecondUnderWay) {
  TimeSeries series(kStart);
  series.record(kStart - 5, 1);
  series.record(kStart + kSecond + 5, 2);
  series.record(kStart + 3, 3);
  series.record_error(kStart + 4);
  series.finish(kStart + 2 * kSecond);
  EXPECT_EQ(completed(series), (Counts{1, 2}));
  EXPECT_EQ(errors(series), (Counts{0, 1}));
}

TEST(TimeSeries, ErrorsNeedNoCompletion) {
  TimeSeries series(kStart);
  series.record_error(kStart + kSecond);
  series.record_error(kStart + kSecond + 1);
  series.record_error(kStart + 3 * kSecond);
  series.finish(kStart + 4 * kSecond);
  EXPECT_EQ(errors(series), (Counts{0, 2, 0, 1}));
  EXPECT_EQ(completed(series), (Counts{0, 0, 0, 0}));
}

TEST(TimeSeries, MayGoOnAfterItWasFinished) {
  TimeSeries series(kStart);
  series.record(kStart, 10);
  series.finish(kStart + 1);
  series.record(kStart + 2, 20);
  series.record(kStart + kSecond, 30);
  series.finish(kStart + kSecond + 1);
  EXPECT_EQ(completed(series), (Counts{2, 1}));
  EXPECT_EQ(series.intervals()[0].latency().max(), 20);
  series.finish(kStart + 5 * kSecond);
  series.record(kStart + 4 * kSecond, 40);
  series.finish(kStart + 5 * kSecond);
  EXPECT_EQ(completed(series), (Counts{2, 1, 0, 0, 1}));
}

TEST(TimeSeries, MergesAsIfRecordedTogether) {
  TimeSeries first(kStart);
  TimeSeries second(kStart);
  TimeSeries both(kStart);
  for (std::int64_t i = 0; i < 20'000; ++i) {
    const std::int64_t now = kStart + i * 350'000;
    const std::int64_t latency = 1'000 + i * i % 104'729 * 13;
    (i % 3 == 0 && i < 12'000 ? first : second).record(now, latency);
    both.record(now, latency);
    if (i % 1000 == 0 && i < 10'000) {
      (i % 2000 == 0 ? first : second).record_error(now);
      both.record_error(now);
    }
  }
  for (auto* series : {&first, &second, &both}) series->finish(kStart);
  EXPECT_NE(first.intervals().size(), second.intervals().size());
  TimeSeries longer_first = second;
  longer_first.merge(first);
  first.merge(second);
  EXPECT_EQ(first, both);
  EXPECT_EQ(longer_first, both);
}

TEST(TimeSeries, MergesWindowsByTheSecondThatTheyShare) {
  TimeSeries early(kStart);
  TimeSeries late(kStart + 2 * kSecond + kSecond / 5);
  for (int i = 0; i < 3; ++i) early.record(kStart + i * kSecond, 1);
  for (int i = 0; i < 2; ++i) late.record(late.start_ns() + i * kSecond, 1);
  early.finish(early.start_ns() + 3 * kSecond);
  late.finish(late.start_ns() + 2 * kSecond);
  TimeSeries one = early;
  one.merge(late);
  TimeSeries other = late;
  other.merge(early);
  EXPECT_EQ(completed(one), (Counts{1, 1, 2, 1}));
  EXPECT_EQ(one, other);
  EXPECT_EQ(other.start_ns(), kStart);
}

TEST(TimeSeries, MergesWithNothing) {
  TimeSeries series(kStart);
  series.record(kStart, 1);
  series.finish(kStart + 1);
  TimeSeries empty(kStart);
  empty.finish(kStart);
  empty.merge(series);
  EXPECT_EQ(empty, series);
  series.merge(TimeSeries(kStart));
  EXPECT_EQ(series, empty);
}

TEST(TimeSeries, JsonRoundTrips) {
  TimeSeries series(kStart);
  for (std::int64_t i = 0; i < 1000; ++i) series.record(kStart + i * 1'000'000, (i + 1) * 1000);
  series.record_error(kStart + 2 * kSecond);
  series.finish(kStart + 3 * kSecond);
  const auto json = to_json(series);
  ASSERT_EQ(json.size(), 3U);
  EXPECT_EQ(json[0]["second"], 0);
  EXPECT_EQ(json[0]["completed"], 1000);
  EXPECT_NEAR(json[0]["p50_ns"].get<double>(), 500'000, 500);
  EXPECT_NEAR(json[0]["p99_ns"].get<double>(), 990'000, 990);
  EXPECT_TRUE(json[1]["p99_ns"].is_null());
  EXPECT_TRUE(json[1]["hdr_v2"].is_null());
  EXPECT_EQ(json[2]["errors"], 1);
  const TimeSeries read = time_series_from_json(nlohmann::json::parse(json.dump()), kStart);
  EXPECT_EQ(read, series);
  EXPECT_EQ(to_json(read), json);
}

TEST(TimeSeries, ReadingMergesLikeTheOriginal) {
  TimeSeries series(kStart);
  series.record(kStart, 5);
  series.record(kStart + kSecond, 6);
  series.finish(kStart + 2 * kSecond);
  TimeSeries read = time_series_from_json(to_json(series), kStart);
  read.record(kStart + kSecond + 1, 7);
  read.finish(kStart + 2 * kSecond);
  EXPECT_EQ(completed(read), (Counts{1, 2}));
}

TEST(TimeSeries, RefusesJsonThatContradictsItself) {
  TimeSeries series(kStart);
  series.record(kStart, 5);
  series.record(kStart + kSecond, 5);
  series.finish(kStart + 3 * kSecond);
  const auto good = to_json(series);
  const auto refused = [](const nlohmann::json& json) -> std::string {
    try {
      time_series_from_json(json, kStart);
    } catch (const ReportError& error) {
      return error.what();
    }
    return "accepted";
  };
  ASSERT_EQ(refused(good), "accepted");
  EXPECT_THAT(refused(nlohmann::json::object()), HasSubstr("\"series\" must be a list"));
  auto json = good;
  json[1]["second"] = 2;
  EXPECT_THAT(refused(json), HasSubstr("second 1 of \"series\": \"second\""));
  json = good;
  json[1]["completed"] = 2;
  EXPECT_THAT(refused(json), HasSubstr("\"hdr_v2\" contradicts \"completed\""));
  json = good;
  json[2]["hdr_v2"] = json[1]["hdr_v2"];
  EXPECT_THAT(refused(json), HasSubstr("second 2 of \"series\": \"hdr_v2\" contradicts"));
  json = good;
  json[0]["hdr_v2"] = "HISTFAAAA";
  EXPECT_THAT(refused(json), HasSubstr("second 0 of \"series\": \"hdr_v2\": "));
  json = good;
  json[0]["errors"] = -1;
  EXPECT_THAT(refused(json), HasSubstr("\"errors\" must be a whole number"));
  json = good;
  json[0] = 7;
  EXPECT_THAT(refused(json), HasSubstr("must be an object"));
}

}  // namespace
}  // namespace threadmill::load
