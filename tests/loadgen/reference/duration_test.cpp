#include "loadgen/reference/duration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace threadmill::load::reference {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000;

TEST(Duration, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration_ns("0ns", kMinute), 0);
  EXPECT_EQ(parse_duration_ns("7ns", kMinute), 7);
  EXPECT_EQ(parse_duration_ns("500us", kMinute), 500'000);
  EXPECT_EQ(parse_duration_ns("200ms", kMinute), 200'000'000);
  EXPECT_EQ(parse_duration_ns("60s", kMinute), kMinute);
}

TEST(Duration, RefusesWhatIsNoTimeAndWhatIsTooLong) {
  for (const char* bad : {"", "5", "us", "5 us", "-5us", "5.5us", "5m", "61s", "9223372036854775807s",
                          "99999999999999999999ns"}) {
    EXPECT_THROW(parse_duration_ns(bad, kMinute), std::invalid_argument) << bad;
  }
}

}  // namespace
}  // namespace threadmill::load::reference
