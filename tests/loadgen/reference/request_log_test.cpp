#include "loadgen/reference/request_log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadgen/reference/reference_report.h"
#include "loadgen/report.h"

namespace threadmill::load::reference {
namespace {

TEST(RequestLog, LatencyIsFromStampToStamp) {
  RequestLog log(10);
  log.set_reply_stamp(log.add({.stamp_ns = 1000}, 300), 1310);
  log.set_reply_stamp(log.add({.stamp_ns = 2000}, 300), 2500);
  const Truth truth = log.between(0, 10'000);
  EXPECT_EQ(truth.requests, 2U);
  EXPECT_EQ(truth.latency.min(), 310);
  EXPECT_EQ(truth.latency.max(), 500);
  EXPECT_EQ(truth.asked.min(), 300);
  EXPECT_EQ(truth.asked.max(), 300);
  EXPECT_EQ(truth.early, 0U);
}

TEST(RequestLog, OnlyArrivalsInTheWindowCountBothEndsIncluded) {
  RequestLog log(10);
  for (const std::int64_t at : {99, 100, 150, 200, 201}) {
    log.set_reply_stamp(log.add({.stamp_ns = at}, 1), at + 1000);
  }
  EXPECT_EQ(log.between(100, 200).requests, 3U);
  EXPECT_EQ(log.between(100, 200).latency.count(), 3U);
  EXPECT_EQ(log.between(201, 300).requests, 1U);
  EXPECT_EQ(log.between(300, 200).requests, 0U);
}

TEST(RequestLog, WhatIsNotKnownIsCountedAndNotGuessed) {
  RequestLog log(4);
  EXPECT_EQ(log.add({.stamp_ns = 0}, 5), RequestLog::kNone);
  log.add({.stamp_ns = 10}, 5);  // never answered
  log.set_reply_stamp(log.add({.stamp_ns = 20, .shared_stamp = true}, 5), 26);
  log.set_reply_stamp(log.add({.stamp_ns = 30}, 5), 34);  // before its time: cannot be
  log.set_reply_stamp(RequestLog::kNone, 1);
  const Truth truth = log.between(0, 100);
  EXPECT_EQ(log.without_arrival_stamp(), 1U);
  EXPECT_EQ(truth.requests, 3U);
  EXPECT_EQ(truth.without_reply_stamp, 1U);
  EXPECT_EQ(truth.shared_stamps, 1U);
  EXPECT_EQ(truth.early, 1U);
  EXPECT_EQ(truth.latency.count(), 2U);
}

TEST(RequestLog, IsBounded) {
  RequestLog log(2);
  for (int i = 0; i < 5; ++i) log.set_reply_stamp(log.add({.stamp_ns = 10}, 1), 12);
  EXPECT_EQ(log.not_logged(), 3U);
  EXPECT_EQ(log.between(0, 100).requests, 2U);
}

ReferenceReport some_report() {
  RequestLog log(10);
  log.set_reply_stamp(log.add({.stamp_ns = 1000, .shared_stamp = true}, 300), 1310);
  log.set_reply_stamp(log.add({.stamp_ns = 2000}, 300), 2100);
  log.add({.stamp_ns = 3000}, 300);
  return {.start_ns = 5,
          .end_ns = 6,
          .truth = log.between(0, 10'000),
          .without_arrival_stamp = 7,
          .not_logged = 8,
          .clock_step_ns = -9,
          .stalls = {{10, 11}, {12, 13}}};
}

TEST(ReferenceReport, GoesThroughJson) {
  const ReferenceReport written = some_report();
  const ReferenceReport read = reference_report_from_json(nlohmann::json::parse(to_json(written).dump()));
  EXPECT_EQ(read, written);
}

TEST(ReferenceReport, ADamagedOneIsRefused) {
  const nlohmann::json right = to_json(some_report());
  for (const auto& [key, value] : right.items()) {
    nlohmann::json damaged = right;
    damaged.erase(key);
    EXPECT_THROW(reference_report_from_json(damaged), nlohmann::json::exception) << key;
  }
  nlohmann::json damaged = right;
  damaged["true_latency"]["count"] = 77;
  EXPECT_THROW(reference_report_from_json(damaged), ReportError);
}

TEST(ReferenceReport, IsCompleteWhenEveryRequestIsInIt) {
  ReferenceReport report;
  EXPECT_TRUE(report.complete());
  const auto incomplete_with = [](auto change) {
    ReferenceReport changed;
    change(changed);
    return !changed.complete();
  };
  EXPECT_TRUE(incomplete_with([](auto& changed) { changed.truth.without_reply_stamp = 1; }));
  EXPECT_TRUE(incomplete_with([](auto& changed) { changed.truth.early = 1; }));
  EXPECT_TRUE(incomplete_with([](auto& changed) { changed.without_arrival_stamp = 1; }));
  EXPECT_TRUE(incomplete_with([](auto& changed) { changed.not_logged = 1; }));
  EXPECT_TRUE(incomplete_with([](auto& changed) { changed.clock_step_ns = -1'000'000; }));
}

}  // namespace
}  // namespace threadmill::load::reference
