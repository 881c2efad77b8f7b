#include "servers/core/confirmations.h"

#include <algorithm>
#include <utility>

namespace threadmill::servers {

void Confirmations::await(std::uint64_t sum, Member& sender, std::string_view id, std::size_t receivers) {
  if (receivers == 0) return;
  if (size_ >= limit_) forget_oldest();
  by_sum_[sum].push_back({next_, {&sender, std::string(id), 0, receivers}});
  order_.emplace_back(next_++, sum);
  ++size_;
  // What is done leaves its place in the line behind.
  if (order_.size() > 2 * limit_) {
    std::erase_if(order_, [&](const auto& place) {
      const auto found = by_sum_.find(place.second);
      return found == by_sum_.end() ||
             !std::ranges::binary_search(found->second, place.first, {}, &Waiting::number);
    });
  }
}

std::optional<Confirmations::Progress> Confirmations::confirm(std::uint64_t sum) {
  const auto found = by_sum_.find(sum);
  if (found == by_sum_.end()) return std::nullopt;
  Progress& oldest = found->second.front().progress;
  ++oldest.confirmed;
  Progress told = oldest;
  if (told.confirmed == told.receivers) erase_oldest_of(sum);
  return told;
}

void Confirmations::forget(const Member& sender) {
  if (size_ == 0) return;
  for (auto entry = by_sum_.begin(); entry != by_sum_.end();) {
    size_ -= std::erase_if(entry->second,
                           [&](const Waiting& waiting) { return waiting.progress.sender == &sender; });
    entry = entry->second.empty() ? by_sum_.erase(entry) : std::next(entry);
  }
}

void Confirmations::erase_oldest_of(std::uint64_t sum) {
  const auto found = by_sum_.find(sum);
  found->second.pop_front();
  if (found->second.empty()) by_sum_.erase(found);
  --size_;
}

void Confirmations::forget_oldest() {
  for (; !order_.empty(); order_.pop_front()) {
    const auto [number, sum] = order_.front();
    const auto found = by_sum_.find(sum);
    if (found == by_sum_.end() || found->second.front().number != number) continue;
    order_.pop_front();
    erase_oldest_of(sum);
    return;
  }
}

}  // namespace threadmill::servers
