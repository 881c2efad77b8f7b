#include "results/trial/explanation.h"

#include <cmath>

#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

constexpr double kTolerance = 0.02;
// User and system time of reaped children are each cut to whole ticks of 10 ms.
constexpr double kTicks_ns = 20e6;

}  // namespace

std::optional<double> account_error(const nlohmann::json& trial_record) {
  const auto sampled = number_at(trial_record, "/accounts/sampled_cpu_ns");
  const auto waited = number_at(trial_record, "/accounts/waited_cpu_ns");
  if (!sampled || !waited || *waited <= 0) return std::nullopt;
  const double difference = *sampled - *waited;
  if (std::abs(difference) <= kTicks_ns || std::abs(difference) <= kTolerance * *waited) return std::nullopt;
  return difference / *waited;
}

}  // namespace threadmill::results
