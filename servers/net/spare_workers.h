#pragma once
// How many workers to have, where each serves one client at a time and some stand ready for clients to come.

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace threadmill::servers {

/// Pure arithmetic. The same for all models that have such workers (Workers::spare).
class SpareWorkers {
 public:
  /// How often surplus() is asked.
  static constexpr std::chrono::seconds kPeriod{1};

  SpareWorkers(std::size_t spare, std::size_t most) : spare_(std::min(spare, most)), most_(most) {}

  /// How many to start, of `live` workers that exist, now that `idle` of them stand ready.
  std::size_t missing(std::size_t idle, std::size_t live) const {
    if (idle >= spare_ || live >= most_) return 0;
    return std::min(spare_ - idle, most_ - live);
  }

  /// How many to end: those above the number asked for that were idle the last time too. So a server whose
  /// clients come and go does not end what it is about to start again.
  std::size_t surplus(std::size_t idle) {
    const std::size_t stayed_idle = std::min(idle, idle_before_);
    const std::size_t ending = stayed_idle > spare_ ? stayed_idle - spare_ : 0;
    idle_before_ = idle - ending;
    return ending;
  }

  /// Whether some may have to be ended in time, so that surplus() has to be asked.
  bool may_shrink(std::size_t live) const { return live > spare_; }

 private:
  const std::size_t spare_;
  const std::size_t most_;
  std::size_t idle_before_ = 0;
};

}  // namespace threadmill::servers
