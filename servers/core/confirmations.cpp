#include "servers/core/confirmations.h"

#include <algorithm>
#include <utility>

namespace threadmill::servers {

bool Confirmations::Waiting::waits_for(const Member& from) const {
  if (only != nullptr) return only == &from;
  return progress.sender != &from && !confirmed_by.contains(&from);
}

void Confirmations::await(std::uint64_t sum, Member& sender, std::string_view id, std::size_t receivers,
                          const Member* only) {
  if (receivers == 0) return;
  if (size_ >= limit_) forget_oldest();
  by_sum_[sum].push_back({next_, {&sender, std::string(id), 0, receivers}, only});
  ++awaited_by_[&sender];
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

std::optional<Confirmations::Progress> Confirmations::confirm(std::uint64_t sum, const Member& from) {
  const auto found = by_sum_.find(sum);
  if (found == by_sum_.end()) return std::nullopt;
  const auto waiting =
      std::ranges::find_if(found->second, [&](const Waiting& each) { return each.waits_for(from); });
  if (waiting == found->second.end()) return std::nullopt;
  waiting->confirmed_by.insert(&from);
  ++waiting->progress.confirmed;
  Progress told = waiting->progress;
  if (told.confirmed == told.receivers) erase(found, waiting);
  return told;
}

void Confirmations::forget(const Member& sender) {
  if (awaited_by_.erase(&sender) == 0) return;
  for (auto entry = by_sum_.begin(); entry != by_sum_.end();) {
    size_ -= std::erase_if(entry->second,
                           [&](const Waiting& waiting) { return waiting.progress.sender == &sender; });
    entry = entry->second.empty() ? by_sum_.erase(entry) : std::next(entry);
  }
}

void Confirmations::erase(BySum::iterator found, std::deque<Waiting>::iterator waiting) {
  const auto awaited = awaited_by_.find(waiting->progress.sender);
  if (--awaited->second == 0) awaited_by_.erase(awaited);
  found->second.erase(waiting);
  if (found->second.empty()) by_sum_.erase(found);
  --size_;
}

void Confirmations::forget_oldest() {
  for (; !order_.empty(); order_.pop_front()) {
    const auto [number, sum] = order_.front();
    const auto found = by_sum_.find(sum);
    if (found == by_sum_.end() || found->second.front().number != number) continue;
    order_.pop_front();
    erase(found, found->second.begin());
    return;
  }
}

}  // namespace threadmill::servers
