#include "loadgen/run_state.h"

#include <algorithm>

namespace threadmill::load {

void RunState::fail(const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = reason;
  }
  failed_.store(true, std::memory_order_release);
  wake_all();
}

std::optional<std::string> RunState::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void RunState::stall(const std::string& reason) {
  stalled_.store(true, std::memory_order_release);
  fail(reason);
}

std::int64_t RunState::last_progress_ns() const noexcept {
  std::int64_t latest = 0;
  for (const auto& slot : slots_) latest = std::max(latest, slot.progress_ns.load(std::memory_order_relaxed));
  return latest;
}

std::uint64_t RunState::completed() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& slot : slots_) sum += slot.completed.load(std::memory_order_relaxed);
  return sum;
}

void RunState::wake(std::size_t thread) noexcept {
  if (auto* loop = slots_[thread].loop.load()) loop->wake();
}

void RunState::wake_all() noexcept {
  for (std::size_t thread = 0; thread < slots_.size(); ++thread) wake(thread);
}

}  // namespace threadmill::load
