#include "loadgen/pacer.h"

#include <algorithm>
#include <limits>

namespace threadmill::load {

Pacer::Pacer(const ArrivalLoad& load, std::uint64_t seed, std::size_t thread, std::size_t threads)
    : load_(load),
      seed_(seed),
      thread_(static_cast<std::uint32_t>(thread)),
      threads_(static_cast<std::uint32_t>(threads)),
      arrivals_(load.process, load.rate, seed, 0, 1),
      think_time_(load.think, load.think_ns, seed + thread) {}

void Pacer::begin(const Phase& phase) {
  stop();
  ++phases_;
  deadline_ns_ = phase.deadline_ns;
  under_way_ = true;
  if (!open()) return;
  arrivals_ = Arrivals(load_.process, phase.warmup ? load_.rate.initial() : load_.rate, seed_ + phases_,
                       thread_, threads_);
  arrivals_.start(phase.start_ns);
}

void Pacer::think_on(std::size_t who, std::uint32_t life, std::int64_t now_ns) {
  if (under_way_) thinking_.push({now_ns + think_time_.rest_ns(), static_cast<std::uint32_t>(who), life});
}

void Pacer::think(std::size_t who, std::uint32_t life, std::int64_t now_ns) {
  if (under_way_) thinking_.push({now_ns + think_time_.next_ns(), static_cast<std::uint32_t>(who), life});
}

std::int64_t Pacer::next_due_ns(bool place) const noexcept {
  if (!under_way_) return std::numeric_limits<std::int64_t>::max();
  std::int64_t due = deadline_ns_;
  if (open() && place) due = std::min(due, arrivals_.due_ns());
  if (!thinking_.empty()) due = std::min(due, thinking_.top().due_ns);
  return due;
}

std::optional<std::int64_t> Pacer::arrival(std::int64_t now_ns) const noexcept {
  if (!is_due(arrivals_.due_ns(), now_ns)) return std::nullopt;
  return arrivals_.due_ns();
}

std::optional<Pacer::Thought> Pacer::pop_thought(std::int64_t now_ns) {
  if (thinking_.empty() || !is_due(thinking_.top().due_ns, now_ns)) return std::nullopt;
  const Thought thought = thinking_.top();
  thinking_.pop();
  return thought;
}

void Pacer::stop() {
  under_way_ = false;
  thinking_ = {};
}

}  // namespace threadmill::load
