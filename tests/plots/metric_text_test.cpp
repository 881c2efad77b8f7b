#include "plots/words/metric_text.h"

#include <gtest/gtest.h>

namespace threadmill::plots {
namespace {

using results::Metric;

TEST(MetricWords, AreWhatPeopleCallIt) {
  EXPECT_EQ(metric_words(Metric::requests_per_s), "requests/s");
  EXPECT_EQ(metric_words(Metric::cpu_us_per_delivery), "CPU-µs per delivery");
  EXPECT_EQ(metric_words(Metric::service_p99_ns), "p99 of service time");
  EXPECT_EQ(metric_words(Metric::response_p999_ns), "p99.9 of response time");
  EXPECT_EQ(metric_words(Metric::switches_per_request), "switches per request");
}

TEST(MetricValue, HasTheUnitThatReadsBest) {
  EXPECT_EQ(metric_value(Metric::service_p99_ns, 12'300), "12.3 µs");
  EXPECT_EQ(metric_value(Metric::pss_peak_bytes, 2048), "2.00 KiB");
  EXPECT_EQ(metric_value(Metric::bytes_per_connection, 2048), "2.00 KiB");
  EXPECT_EQ(metric_value(Metric::server_cpu_percent, 97), "97.0 %");
  EXPECT_EQ(metric_value(Metric::service_p99_ns, 60e9), "≥ 60.0 s") << "as far as a histogram reaches";
  EXPECT_EQ(metric_value(Metric::requests_per_s, 123'456), "123,456");
}

}  // namespace
}  // namespace threadmill::plots
