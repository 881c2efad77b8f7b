#include <gtest/gtest.h>

#include "loadgen/engine.h"

namespace threadmill::load {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;

struct Sum {
  std::uint64_t completed = 0;
  std::uint64_t latencies = 0;
  std::uint64_t errors = 0;
};

Sum sum_of(TimeSeries& series, std::int64_t end_ns) {
  series.finish(end_ns);
  Sum sum;
  for (const auto& interval : series.intervals()) {
    sum.completed += interval.completed;
    sum.errors += interval.errors;
    if (interval.completed > 0) sum.latencies += interval.latency().count();
  }
  return sum;
}

TEST(Totals, TheSeriesOfResponseTimesHasWhatItsHistogramHas) {
  Totals totals;
  totals.begin_window(0);
  for (int i = 0; i < 30; ++i) totals.count_paced(i * kSecondNs / 10, i * kSecondNs / 10 - 500, 0);
  for (int i = 0; i < 7; ++i) totals.count_unsent(3 * kSecondNs, 2 * kSecondNs + i);
  EXPECT_EQ(totals.unsent, 7U);
  EXPECT_EQ(totals.response_time.count(), 37U);
  const Sum sum = sum_of(totals.response_series, 3 * kSecondNs);
  EXPECT_EQ(sum.completed, 37U);
  EXPECT_EQ(sum.latencies, 37U);
  ASSERT_EQ(totals.response_series.intervals().size(), 3U) << "the deadline begins no further second";
  EXPECT_EQ(totals.response_series.intervals()[2].completed, 17U);
  EXPECT_EQ(totals.service_time.count(), 0U) << "nobody served what was not sent";
}

TEST(Totals, AnUnsentRequestHasWaitedUntilTheDeadline) {
  Totals totals;
  totals.begin_window(0);
  totals.count_unsent(5000, 4000);
  EXPECT_EQ(totals.response_time.max(), 1000);
}

TEST(Totals, BeforeTheWindowTheSeriesDoNotReachBackToTheStartOfTheMachine) {
  Totals totals;
  const std::int64_t now = os::monotonic_ns();
  for (int i = 0; i < 3; ++i) {
    totals.count_completed(now + i * kSecondNs, 1000);
    totals.count_paced(now + i * kSecondNs, now, now);
  }
  EXPECT_LE(totals.service_series.intervals().size(), 3U);
  EXPECT_LE(totals.response_series.intervals().size(), 3U);
}

TEST(Totals, ErrorsAreInBothSeries) {
  Totals totals;
  const std::int64_t now = os::monotonic_ns();
  totals.begin_window(now);
  totals.count_error(&Errors::server);
  totals.count_error(&Errors::reset);
  EXPECT_EQ(sum_of(totals.service_series, now + 1).errors, 2U);
  EXPECT_EQ(sum_of(totals.response_series, now + 1).errors, 2U);
}

}  // namespace
}  // namespace threadmill::load
