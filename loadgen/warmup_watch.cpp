#include "loadgen/warmup_watch.h"

namespace threadmill::load {

void WarmupWatch::start(std::int64_t now_ns) noexcept {
  began_ns_ = now_ns;
  slice_began_ns_ = now_ns;
  completed_ = state_.completed();
}

void WarmupWatch::end_slice(std::int64_t now_ns) noexcept {
  const std::uint64_t completed = state_.completed();
  rate_.add(static_cast<double>(completed - completed_) * 1e9 /
            static_cast<double>(now_ns - slice_began_ns_));
  completed_ = completed;
  slice_began_ns_ = now_ns;
  if (took_ns_ > 0 || !rate_.steady()) return;
  took_ns_ = now_ns - began_ns_;
  steady_.store(true, std::memory_order_relaxed);
}

}  // namespace threadmill::load
