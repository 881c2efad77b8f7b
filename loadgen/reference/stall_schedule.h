#pragma once
// When the reference server stands still on purpose.

#include <cstdint>
#include <vector>

namespace threadmill::load::reference {

/// Half open: start_ns is within, end_ns is not.
struct Stall {
  std::int64_t start_ns;
  std::int64_t end_ns;
  bool operator==(const Stall&) const = default;
};

/// A stall of the same length at every multiple of a period after an origin (the origin itself is none).
/// Arithmetic without state; the times are of whatever clock the origin is of.
class StallSchedule {
 public:
  /// No stalls.
  StallSchedule() = default;
  /// 0 < length_ns < period_ns.
  StallSchedule(std::int64_t origin_ns, std::int64_t length_ns, std::int64_t period_ns)
      : origin_ns_(origin_ns), length_ns_(length_ns), period_ns_(period_ns) {}

  bool stalled_at(std::int64_t now_ns) const {
    if (length_ns_ == 0 || now_ns - origin_ns_ < period_ns_) return false;
    return (now_ns - origin_ns_) % period_ns_ < length_ns_;
  }

  /// Those that have an instant in common with [start_ns, end_ns], in their order.
  std::vector<Stall> between(std::int64_t start_ns, std::int64_t end_ns) const;

 private:
  std::int64_t origin_ns_ = 0;
  std::int64_t length_ns_ = 0;
  std::int64_t period_ns_ = 0;
};

}  // namespace threadmill::load::reference
