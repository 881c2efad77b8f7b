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
  report.delivery->from_send.record(static_cast<std::int64_t>(77'777 * scale));
  report.connect_time.record(static_cast<std::int64_t>(30'000 * scale));
  report.service_series = TimeSeries(report.window.start_ns);
  report.service_series.record(report.window.start_ns + 5, static_cast<std::int64_t>(1'000'003 * scale));
  report.service_series.finish(report.window.end_ns);
  report.warmup = {true, 400'000'000};
  report.readiness = {10 * scale, 50};
  report.backlog = {1 * scale, 2 * scale, 3 * scale};
  report.bystanders = {{.idle = {6 * scale, 5 * scale, 4 * scale, 1 * scale, 3 * scale},
                        .slow_readers = {7 * scale, 7 * scale, 0, 0, 2 * scale},
                        .half_open = {8 * scale, 8 * scale, 0, 0, 0},
                        .crashers = {1 * scale, 1 * scale, 1 * scale, 0, 0}},
                       static_cast<std::int64_t>(11 * scale)};
  report.losses = {.clients = 4 * scale,
                   .connections = 5 * scale,
                   .returned = 3 * scale,
                   .requests = 6 * scale,
                   .refused = 7 * scale,
                   .first_ns = static_cast<std::int64_t>(300 * scale),
                   .last_return_ns = static_cast<std::int64_t>(400 * scale),
                   .longest_absence_ns = static_cast<std::int64_t>(90 * scale)};
  report.threads = {{{1}, 1, 2, 3, 4}};
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

TEST(LoadReport, OfAnOpenLoopRoundTrips) {
  LoadReport report = sample(1);
  report.plan.arrivals.process = ArrivalProcess::poisson;
  report.plan.stop = {.messages = std::nullopt, .duration_s = 1, .warmup_s = 0};
  report.unsent = 3;
  report.paced.emplace();
  report.paced->response_time.record(5000);
  report.paced->slip.record(500);
  report.paced->send_delay.record(400);
  report.paced->series = report.service_series;
  report.delivery->from_due.record(99'999);
  const json written = to_json(report);
  EXPECT_EQ(written["latency"]["delivery_response"]["max"], 99'999);
  EXPECT_EQ(load_report_from_json(written), report);
  EXPECT_EQ(merge(report, report).delivery->from_due.count(), 2U);
  EXPECT_FALSE(to_json(sample(1))["latency"].contains("delivery_response"));
}

TEST(LoadReport, JudgesTheDeliveryContracts) {
  const json broken = to_json(sample(1))["contracts"];
  for (const char* name : {"at_most_once", "at_least_once", "exactly_once", "ordered_per_publisher"}) {
    EXPECT_EQ(broken[name]["verdict"], "broken") << name;
  }
  LoadReport good = sample(1);
  good.integrity = {};
  EXPECT_EQ(to_json(good)["contracts"]["exactly_once"]["verdict"], "kept");
  LoadReport nothing;
  nothing.plan = good.plan;
  EXPECT_FALSE(to_json(nothing).contains("contracts"));
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
  EXPECT_EQ(merged.delivery->from_send.count(), 2U);
  EXPECT_EQ(merged.bystanders, (BystanderReport{{.idle = {18, 15, 12, 3, 9},
                                                 .slow_readers = {21, 21, 0, 0, 6},
                                                 .half_open = {24, 24, 0, 0, 0},
                                                 .crashers = {3, 3, 3, 0, 0}},
                                                33}));
  EXPECT_EQ(merged.losses, (Losses{12, 15, 9, 18, 21, 300, 800, 180}));
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
  for (const json& number : {json("many"), json(-1), json(1.5)}) {
    wrong["completed"] = number;
    EXPECT_THAT(message_of(wrong), ::testing::HasSubstr("\"completed\" has the wrong type"));
  }
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
