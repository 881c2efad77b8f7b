#include "loadgen/reference/stall_schedule.h"

#include <algorithm>

namespace threadmill::load::reference {

std::vector<Stall> StallSchedule::between(std::int64_t start_ns, std::int64_t end_ns) const {
  if (length_ns_ == 0) return {};
  std::vector<Stall> stalls;
  const std::int64_t first = std::max<std::int64_t>(1, (start_ns - origin_ns_) / period_ns_);
  for (std::int64_t at = origin_ns_ + first * period_ns_; at <= end_ns; at += period_ns_) {
    if (at + length_ns_ > start_ns) stalls.push_back({at, at + length_ns_});
  }
  return stalls;
}

}  // namespace threadmill::load::reference
