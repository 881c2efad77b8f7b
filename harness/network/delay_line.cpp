#include "harness/network/delay_line.h"

#include <algorithm>

namespace threadmill::harness {

DelayLine::DelayLine(const NetworkConditions& conditions, std::uint64_t seed)
    : conditions_(conditions), random_(seed) {}

std::optional<DelayLine::Time> DelayLine::arrival(Time now, std::size_t bytes) {
  if (std::bernoulli_distribution(conditions_.loss_percent / 100)(random_)) return std::nullopt;
  free_at_ = std::max(free_at_, now);
  if (conditions_.rate_mbit > 0) {
    const double ns = static_cast<double>(bytes) * 8 * 1000 / conditions_.rate_mbit;
    free_at_ += std::chrono::nanoseconds(static_cast<std::int64_t>(ns));
  }
  const auto most = conditions_.jitter.count();
  const std::chrono::microseconds off(std::uniform_int_distribution<std::int64_t>(-most, most)(random_));
  return free_at_ + conditions_.delay + off;
}

}  // namespace threadmill::harness
