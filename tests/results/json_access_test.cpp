#include "results/file/json_access.h"

#include <gmock/gmock.h>

namespace threadmill::results {
namespace {

using nlohmann::json;
using testing::Optional;

std::optional<std::int64_t> upto_ten(const json& value) { return integer_at({{"n", value}}, "/n", 0, 10); }

TEST(IntegerAt, IsWhatTheFileSaysWithinTheBounds) {
  EXPECT_THAT(upto_ten(10), Optional(10));
  EXPECT_THAT(upto_ten(3.9), Optional(3));
  EXPECT_THAT(integer_at({{"n", -5}}, "/n", -5, 0), Optional(-5));
}

TEST(IntegerAt, IsAbsentWhereACastWouldBeUndefinedOrTheBoundsAreLeft) {
  for (const char* text : {"11", "-1", "1e300", "-1e300", "18446744073709551615", "9223372036854775808",
                           "\"3\"", "null", "[1]"}) {
    EXPECT_FALSE(upto_ten(json::parse(text))) << text;
  }
  EXPECT_FALSE(integer_at({{"m", 1}}, "/n", 0, 10));
}

}  // namespace
}  // namespace threadmill::results
