#include "results/sweep/service_level.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace threadmill::results {
namespace {

using testing::HasSubstr;

std::string refusal_of(const std::string& text) {
  try {
    ServiceLevel::parse(text);
    return "accepted";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(ServiceLevel, ReadsPercentilesAndUnits) {
  EXPECT_EQ(ServiceLevel::parse("p99<5ms").limits.at(0), (LatencyLimit{"p99", 99, 5'000'000}));
  EXPECT_EQ(ServiceLevel::parse("p99.9<1.5s").limits.at(0), (LatencyLimit{"p99.9", 99.9, 1'500'000'000}));
  EXPECT_EQ(ServiceLevel::parse("max<200us").limits.at(0), (LatencyLimit{"max", 100, 200'000}));
  EXPECT_EQ(ServiceLevel::parse("p50<250ns").limits.at(0), (LatencyLimit{"p50", 50, 250}));
}

TEST(ServiceLevel, TheMicroSignAndTheGreekLetterAreMicroseconds) {
  EXPECT_EQ(ServiceLevel::parse("p90<7\u00B5s"), ServiceLevel::parse("p90<7us"));
  EXPECT_EQ(ServiceLevel::parse("p90<7\u03BCs"), ServiceLevel::parse("p90<7us"));
}

TEST(ServiceLevel, SeveralLimitsMustAllHoldAndTheLongestIsKnown) {
  const auto level = ServiceLevel::parse("p50<200us,p99.99<20ms");
  ASSERT_EQ(level.limits.size(), 2U);
  EXPECT_EQ(level.longest_ns(), 20'000'000);
}

TEST(ServiceLevel, TextReadsBack) {
  for (const char* text : {"p99<5ms", "p50<200us,p99.9<20ms", "max<1.5s", "p95<1ns", "p99<1.000001ms"}) {
    EXPECT_EQ(ServiceLevel::parse(text).text(), text);
  }
}

TEST(ServiceLevel, RefusalsNameWhatIsWrongAndHowToWriteIt) {
  EXPECT_THAT(refusal_of("p99"), HasSubstr("has no <"));
  EXPECT_THAT(refusal_of("p98<5ms"), HasSubstr("\"p98\" is none of p50, p90, p95, p99, p99.9, p99.99, max"));
  EXPECT_THAT(refusal_of("p99<5"), HasSubstr("has no unit"));
  EXPECT_THAT(refusal_of("p99<5 ms"), HasSubstr("none of the units"));
  EXPECT_THAT(refusal_of("p99<fast"), HasSubstr("does not begin with a number"));
  EXPECT_THAT(refusal_of("p99<0ms"), HasSubstr("outside 1ns to 60s"));
  EXPECT_THAT(refusal_of("p99<61s"), HasSubstr("outside 1ns to 60s"));
  EXPECT_THAT(refusal_of("p99<-1s"), HasSubstr("outside 1ns to 60s"));
  EXPECT_THAT(refusal_of("p99<nans"), testing::Not("accepted"));
  EXPECT_THAT(refusal_of("p99<5ms,p99<6ms"), HasSubstr("limits p99 twice"));
  EXPECT_THAT(refusal_of("p99<5ms,"), HasSubstr("has no <"));
  EXPECT_THAT(refusal_of(""), HasSubstr("write p99<5ms"));
}

}  // namespace
}  // namespace threadmill::results
