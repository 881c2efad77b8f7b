#include "plots/words/metric_text.h"

#include <gtest/gtest.h>

namespace threadmill::plots {
namespace {

using results::Metric;

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
