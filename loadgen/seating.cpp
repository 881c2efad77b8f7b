#include "loadgen/seating.h"

#include <algorithm>
#include <numeric>

namespace threadmill::load {

Seating::Seating(const PubsubLoad& load)
    : topics_(load.topics),
      publishers_(load.publishers),
      subscribers_(load.subscribers),
      ends_(load.room_sizes.size()) {
  std::partial_sum(load.room_sizes.begin(), load.room_sizes.end(), ends_.begin());
}

std::uint32_t Seating::topic_of_subscriber(std::uint32_t number) const noexcept {
  if (ends_.empty()) return number % topics_;
  const auto room = std::upper_bound(ends_.begin(), ends_.end(), number);
  return static_cast<std::uint32_t>(room - ends_.begin());
}

std::uint32_t Seating::subscribers_of(std::uint32_t topic) const noexcept {
  if (ends_.empty()) return dealt(subscribers_, topic);
  return topic == 0 ? ends_[0] : ends_[topic] - ends_[topic - 1];
}

}  // namespace threadmill::load
