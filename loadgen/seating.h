#pragma once
// Which topic each publisher and each subscriber belongs to.

#include <cstdint>
#include <vector>

#include "loadgen/plan.h"

namespace threadmill::load {

/// Publishers are dealt to the topics in turn. Subscribers are too, or, where the plan says how large each
/// room is, fill one topic after the other. Numbers count in the whole run.
class Seating {
 public:
  explicit Seating(const PubsubLoad& load);

  std::uint32_t topic_of_publisher(std::uint32_t number) const noexcept { return number % topics_; }
  std::uint32_t topic_of_subscriber(std::uint32_t number) const noexcept;
  std::uint32_t publishers_of(std::uint32_t topic) const noexcept { return dealt(publishers_, topic); }
  std::uint32_t subscribers_of(std::uint32_t topic) const noexcept;

 private:
  /// How many of `all` a topic gets when they are dealt in turn.
  std::uint32_t dealt(std::uint32_t all, std::uint32_t topic) const noexcept {
    return (all - topic + topics_ - 1) / topics_;
  }

  std::uint32_t topics_;
  std::uint32_t publishers_;
  std::uint32_t subscribers_;
  std::vector<std::uint32_t> ends_;  // of each room: the number of the first subscriber behind it; or empty
};

}  // namespace threadmill::load
