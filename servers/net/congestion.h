#pragma once
// Whether some connection has been handed more than it has come to write.

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace threadmill::servers {

/// Who publishes faster than others can take it rests, instead of filling their outboxes. Any thread.
class Congestion {
 public:
  void enter() {
    const std::lock_guard lock(mutex_);
    ++behind_;
  }

  void leave() {
    std::unique_lock lock(mutex_);
    if (--behind_ > 0) return;
    const auto resting = std::exchange(resting_, {});
    lock.unlock();
    for (const auto& resume : resting) resume();
  }

  bool any() const { return behind_ > 0; }

  /// Calls `resume` once nobody is behind any more. False, and it is not called, when nobody is now.
  bool rest(std::function<void()> resume) {
    const std::lock_guard lock(mutex_);
    if (behind_ == 0) return false;
    resting_.push_back(std::move(resume));
    return true;
  }

 private:
  std::mutex mutex_;  ///< guards what follows; `behind_` is also looked at without it
  std::atomic<std::size_t> behind_{0};
  std::vector<std::function<void()>> resting_;
};

}  // namespace threadmill::servers
