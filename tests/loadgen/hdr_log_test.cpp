#include "loadgen/hdr_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "plots/charts/node.h"
#include "tests/support/text_files.h"

namespace threadmill::load {
namespace {

namespace fs = std::filesystem;
using ::testing::StartsWith;

constexpr std::int64_t kStart = 5'000'000'000'123;                 // of the monotonic clock
constexpr std::int64_t kStartEpochNs = 1'795'241'653'250'000'000;  // 2026-11-21 06:14:13.25 UTC
constexpr std::int64_t kSecond = TimeSeries::kIntervalNs;

TimeSeries busy_series(std::int64_t factor) {
  TimeSeries series(kStart);
  for (std::int64_t i = 0; i < 5000; ++i) series.record(kStart + i * 100'000, 1'000 + i * i % 7'919 * factor);
  for (std::int64_t i = 0; i < 300; ++i) series.record(kStart + 2 * kSecond + i, 40'000'000'000 + i * factor);
  series.finish(kStart + 3 * kSecond + kSecond / 4);
  return series;
}

std::string log_of(const TimeSeries& response, const TimeSeries& service) {
  std::ostringstream out;
  const HdrLogKind kinds[] = {{"response", response}, {"service", service}};
  write_hdr_log(out, {kStartEpochNs, 3 * kSecond + kSecond / 4}, kinds);
  return out.str();
}

TEST(HdrLog, BeginsAsReadersExpect) {
  const auto lines = lines_of(log_of(busy_series(1), busy_series(2)));
  ASSERT_EQ(lines.size(), 5U + 2 * 4);
  EXPECT_EQ(lines[1], "#[Histogram log format version 1.3]");
  EXPECT_EQ(lines[2], "#[BaseTime: 1795241653.250 (seconds since epoch)]");
  EXPECT_EQ(lines[3], "#[StartTime: 1795241653.250 (seconds since epoch), Sat Nov 21 06:14:13 UTC 2026]");
  EXPECT_EQ(lines[4],
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"");
}

TEST(HdrLog, HasALineForEachSecondAndKindInTheOrderOfTime) {
  const auto lines = lines_of(log_of(busy_series(1), busy_series(2)));
  ASSERT_EQ(lines.size(), 5U + 2 * 4);
  EXPECT_THAT(lines[5], StartsWith("Tag=response,0.000,1.000,0.009,HISTFAAA"));
  EXPECT_THAT(lines[6], StartsWith("Tag=service,0.000,1.000,0.017,HISTFAAA"));
  EXPECT_THAT(lines[7], StartsWith("Tag=response,1.000,1.000,0.000,HISTFAAA"));
  // Of 40 000.0 ms: the highest value of its bucket of 33.5 ms.
  EXPECT_THAT(lines[9], StartsWith("Tag=response,2.000,1.000,40030.437,HISTFAAA"));
  EXPECT_THAT(lines[11], StartsWith("Tag=response,3.000,0.250,0.000,HISTFAAA"));
}

TEST(HdrLog, RefusesATagThatWouldBreakTheLine) {
  const TimeSeries series = busy_series(1);
  for (const std::string tag : {"", "a,b", "two words", "line\n"}) {
    const HdrLogKind kinds[] = {{tag, series}};
    std::ostringstream out;
    EXPECT_THROW(write_hdr_log(out, {}, kinds), std::invalid_argument) << tag;
    EXPECT_EQ(out.str(), "");
  }
}

/// What hdr-histogram-js should find in one second of ours.
nlohmann::json expected_line(const std::string& tag, std::size_t second, const Interval& interval) {
  const Histogram latency = interval.latency();
  const std::int64_t start_ms = kStartEpochNs / 1'000'000 + static_cast<std::int64_t>(second) * 1000;
  return {{"tag", tag},
          {"start_ms", start_ms},
          {"end_ms", start_ms + (second == 3 ? 250 : 1000)},
          {"count", latency.count()},
          {"p50", latency.value_at_percentile(50)},
          {"p99", latency.value_at_percentile(99)},
          {"max", latency.max()}};
}

// Needs Node.js and `npm ci --prefix plots`, as reports do.
TEST(HdrLog, IsReadBackByHdrHistogramJs) {
  const TimeSeries response = busy_series(3);
  const TimeSeries service = busy_series(1);
  const fs::path file = fs::path(testing::TempDir()) / ("threadmill-" + std::to_string(::getpid()) + ".hlog");
  std::ofstream(file) << log_of(response, service);
  const auto output =
      plots::run_node({THREADMILL_SOURCE_DIR "/tests/loadgen/read_hdr_log.mjs", file.string()});
  fs::remove(file);
  ASSERT_TRUE(output) << "Node.js is not installed; install the package nodejs";
  ASSERT_EQ(output->exit_status, 0) << output->errors << "\nrun: npm ci --prefix plots";
  nlohmann::json expected = nlohmann::json::array();
  for (std::size_t i = 0; i < 4; ++i) {
    expected.push_back(expected_line("response", i, response.intervals()[i]));
    expected.push_back(expected_line("service", i, service.intervals()[i]));
  }
  EXPECT_EQ(nlohmann::json::parse(output->text).dump(1), expected.dump(1));
}

}  // namespace
}  // namespace threadmill::load
