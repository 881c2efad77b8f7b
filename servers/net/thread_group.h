#pragma once
// Threads that end by themselves.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

namespace threadmill::servers {

/// Starts threads, counts them and waits for them. Any thread may call it.
class ThreadGroup {
 public:
  /// Runs `work`, which does not throw, in a thread of its own. False when the system has no more to give.
  /// What `work` holds is destroyed before the thread counts as ended.
  bool start(std::function<void()> work);

  std::size_t count();

  /// Whether all have ended within the limit.
  bool wait_until_none(std::chrono::milliseconds limit);
  void wait_until_none();

 private:
  struct Task;
  static void* run(void* task);

  std::mutex mutex_;  ///< guards what follows
  std::condition_variable none_left_;
  std::size_t count_ = 0;
};

}  // namespace threadmill::servers
