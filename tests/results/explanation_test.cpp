#include "results/trial/explanation.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace threadmill::results {
namespace {

using ::testing::DoubleNear;
using ::testing::Optional;

std::optional<double> error_of(std::int64_t sampled_ms, std::int64_t waited_ms) {
  return account_error(
      {{"accounts", {{"sampled_cpu_ns", sampled_ms * 1'000'000}, {"waited_cpu_ns", waited_ms * 1'000'000}}}});
}

TEST(AccountError, IsToldWhereTheTwoDifferByMoreThanTwoPercent) {
  EXPECT_EQ(error_of(9'900, 10'000), std::nullopt);
  EXPECT_THAT(error_of(9'500, 10'000), Optional(DoubleNear(-0.05, 1e-9)));
  EXPECT_THAT(error_of(10'500, 10'000), Optional(DoubleNear(0.05, 1e-9)));
}

TEST(AccountError, IsNotTheClockTicksThatAreCutOff) {
  EXPECT_EQ(error_of(85, 100), std::nullopt);
  EXPECT_TRUE(error_of(70, 100));
}

TEST(AccountError, IsNotInAFileThatDoesNotSay) {
  EXPECT_EQ(account_error(nlohmann::json::object()), std::nullopt);
  EXPECT_EQ(error_of(0, 0), std::nullopt);
}

}  // namespace
}  // namespace threadmill::results
