#pragma once
// A limit of connections for several event loops together.

#include <atomic>
#include <cstddef>

namespace threadmill::servers {

/// Any thread.
class ConnectionLimit {
 public:
  explicit ConnectionLimit(std::size_t most) : most_(most) {}

  /// False when there is no room for one more.
  bool take() {
    if (count_.fetch_add(1, std::memory_order_relaxed) < most_) return true;
    give_back();
    return false;
  }
  void give_back() { count_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> count_{0};
};

}  // namespace threadmill::servers
