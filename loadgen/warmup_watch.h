#pragma once
// Ends a warm-up when the whole run's rate is steady.

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "loadgen/run_state.h"
#include "loadgen/steady_rate.h"

namespace threadmill::load {

/// All threads of a process look at it; the first one of them also keeps the books.
class WarmupWatch {
 public:
  explicit WarmupWatch(const RunState& state, std::size_t first_thread = 0)
      : state_(state), first_thread_(first_thread) {}

  /// The warm-up begins. In the first thread, before the others look.
  void start(std::int64_t now_ns) noexcept;
  /// Whether the rate of all threads together is steady. Looked at in each turn of each thread.
  bool steady(std::size_t thread, std::int64_t now_ns) noexcept {
    if (thread == first_thread_ && now_ns >= slice_began_ns_ + SteadyRate::kSliceNs) end_slice(now_ns);
    return steady_.load(std::memory_order_relaxed);
  }
  /// How long the warm-up took until the rate was steady, in ns; 0: it was not.
  std::int64_t took_ns() const noexcept { return took_ns_; }

 private:
  void end_slice(std::int64_t now_ns) noexcept;

  const RunState& state_;
  const std::size_t first_thread_;
  SteadyRate rate_;
  std::int64_t began_ns_ = 0;
  std::int64_t slice_began_ns_ = 0;
  std::uint64_t completed_ = 0;  // by then
  std::int64_t took_ns_ = 0;
  std::atomic<bool> steady_{false};
};

}  // namespace threadmill::load
