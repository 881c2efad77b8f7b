#include "loadgen/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace threadmill::load {
namespace {

using nlohmann::json;

LoadReport sample(std::uint64_t scale) {
  LoadReport report;
  report.plan = parse_plan(json::parse(R"({"target": {"address": "127.0.0.1", "port": 1}, "driver": "pubsub",
    "publishers": 1, "subscribers": 1, "message_bytes": 64, "stop": {"messages": 10}})"));
  report.window = {static_cast<std::int64_t>(100 * scale), static_cast<std::int64_t>(1000 * scale),
                   static_cast<std::int64_t>(900 * scale)};
  report.asked = 2 * scale;
  report.established = scale;
  report.completed = 10 * scale;
  report.completed_in_time = 9 * scale;
  report.deliveries = 100 * scale;
  report.deliveries_in_time = 90 * scale;
  report.bytes = {5 * scale, 6 * scale};
  report.errors = {1 * scale, 2 * scale, 3 * scale, 4 * scale, 5 * scale, 6 * scale};
  report.integrity = {1 * scale, 2 * scale, 3 * scale, 4 * scale, 5 * scale};
  report.service_time.record(static_cast<std::int64_t>(1'000'003 * scale));
  report.delivery.emplace();
  report.delivery->record(static_cast<std::int64_t>(77'777 * scale));
  report.bystanders = {{.idle = {6 * scale, 5 * scale, 4 * scale, 1 * scale, 3 * scale},
                        .slow_readers = {7 * scale, 7 * scale, 0, 0, 2 * scale},
                        .half_open = {8 * scale, 8 * scale, 0, 0, 0}},
                       static_cast<std::int64_t>(11 * scale)};
  report.threads = {{{1}, 1, 2, 3}};
  report.max_rss_bytes = 1000 * scale;
  return report;
}

TEST(LoadReport, RoundTrips) {
  LoadReport report = sample(1);
  EXPECT_EQ(load_report_from_json(to_json(report)), report);
  report.failure = "the server closed a connection";
  report.deliveries.reset();
  report.deliveries_in_time.reset();
  report.delivery.reset();
  report.bystanders.reset();
  const json written = to_json(report);
  EXPECT_EQ(written["outcome"], "failed");
  EXPECT_FALSE(written.contains("deliveries"));
  EXPECT_FALSE(written.contains("bystanders"));
  EXPECT_EQ(load_report_from_json(written), report);
}

TEST(LoadReport, MergesIntoSums) {
  const LoadReport merged = merge(sample(1), sample(2));
  EXPECT_EQ(merged.window, (Window{100, 2000, 1800}));
  EXPECT_EQ(merged.asked, 6U);
  EXPECT_EQ(merged.established, 3U);
  EXPECT_EQ(merged.completed, 30U);
  EXPECT_EQ(merged.completed_in_time, 27U);
  EXPECT_EQ(merged.deliveries, 300U);
  EXPECT_EQ(merged.deliveries_in_time, 270U);
  EXPECT_EQ(merged.bytes, (Bytes{15, 18}));
  EXPECT_EQ(merged.errors, (Errors{3, 6, 9, 12, 15, 18}));
  EXPECT_EQ(merged.integrity, (Integrity{3, 6, 9, 12, 15}));
  EXPECT_EQ(merged.service_time.count(), 2U);
  EXPECT_EQ(merged.service_time.max(), 2'000'006);
  EXPECT_EQ(merged.delivery->count(), 2U);
  EXPECT_EQ(
      merged.bystanders,
      (BystanderReport{
          {.idle = {18, 15, 12, 3, 9}, .slow_readers = {21, 21, 0, 0, 6}, .half_open = {24, 24, 0, 0, 0}},
          33}));
  EXPECT_EQ(merged.threads.size(), 2U);
  EXPECT_EQ(merged.max_rss_bytes, 3000U);
  EXPECT_TRUE(merged.complete());
}

TEST(LoadReport, MergedWithAFailedOneHasFailed) {
  LoadReport failed;
  failed.failure = "reset";
  EXPECT_EQ(merge(sample(1), failed).failure, "reset");
  EXPECT_EQ(merge(sample(1), failed).window, sample(1).window);
  EXPECT_EQ(merge(failed, sample(1)).window, sample(1).window);
}

TEST(LoadReport, NamesWhatIsWrongWhenRead) {
  const auto message_of = [](const json& report) -> std::string {
    try {
      load_report_from_json(report);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  };
  const json good = to_json(sample(1));
  for (const char* key : {"plan", "outcome", "window", "connections", "completed", "bytes", "errors",
                          "integrity", "latency", "generator", "failure", "schema_version"}) {
    json cut = good;
    cut.erase(key);
    EXPECT_THAT(message_of(cut), ::testing::HasSubstr(key));
  }
  json wrong = good;
  wrong["completed"] = "many";
  EXPECT_THAT(message_of(wrong), ::testing::HasSubstr("\"completed\" has the wrong type"));
  wrong = good;
  wrong["latency"]["service_time"]["count"] = 99;
  EXPECT_THAT(message_of(wrong), ::testing::HasSubstr("\"count\" contradicts"));
  wrong = good;
  wrong["bystanders"]["idle"].erase("dropped_by_server");
  EXPECT_THAT(message_of(wrong), ::testing::HasSubstr("\"dropped_by_server\" is missing"));
  wrong = good;
  wrong["schema_version"] = 2;
  EXPECT_THAT(message_of(wrong), ::testing::HasSubstr("\"schema_version\" is 2"));
}

}  // namespace
}  // namespace threadmill::load
