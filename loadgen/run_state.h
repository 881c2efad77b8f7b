#pragma once
// What the threads of one run know of each other.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/event_loop.h"

namespace threadmill::load {

/// Shared by all threads of a run; every member function from any thread.
class RunState {
 public:
  explicit RunState(std::size_t threads) : slots_(threads) {}

  /// Ends the run: the first reason given is the run's failure. All threads stop sending.
  void fail(const std::string& reason);
  bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  std::optional<std::string> failure() const;

  /// Ends the run at once, without a drain: nothing moves any more.
  void stall(const std::string& reason);
  bool stalled() const noexcept { return stalled_.load(std::memory_order_acquire); }

  /// Notes that a thread saw something happen at `now_ns`.
  void progress(std::size_t thread, std::int64_t now_ns) noexcept {
    slots_[thread].progress_ns.store(now_ns, std::memory_order_relaxed);
  }
  /// Notes how much a thread has completed so far; completed() adds up all threads.
  void set_completed(std::size_t thread, std::uint64_t completed) noexcept {
    slots_[thread].completed.store(completed, std::memory_order_relaxed);
  }
  std::uint64_t completed() const noexcept;
  /// The latest progress of any thread.
  std::int64_t last_progress_ns() const noexcept;

  /// Registers a thread's loop, so that others can wake it; before the threads meet for the first time.
  void set_loop(std::size_t thread, EventLoop* loop) noexcept { slots_[thread].loop.store(loop); }
  void wake(std::size_t thread) noexcept;
  void wake_all() noexcept;

 private:
  struct alignas(64) Slot {
    std::atomic<std::int64_t> progress_ns{0};
    std::atomic<std::uint64_t> completed{0};
    std::atomic<EventLoop*> loop{nullptr};
  };
  std::vector<Slot> slots_;
  std::atomic<bool> failed_{false};
  std::atomic<bool> stalled_{false};
  mutable std::mutex mutex_;
  std::optional<std::string> failure_;  // guarded by mutex_
};

}  // namespace threadmill::load
