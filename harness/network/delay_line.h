#pragma once
// What a network does to packets of one direction.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>

#include "harness/network/network_conditions.h"

namespace threadmill::harness {

/// Says of each packet whether it arrives, and when. No I/O, and told the time. For one thread.
class DelayLine {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `seed` decides which packets are lost, and each one's jitter.
  DelayLine(const NetworkConditions& conditions, std::uint64_t seed);

  /// When a packet of so many bytes, Ethernet header included, arrives that was sent `now`, which never goes
  /// back; nothing where it is lost. One that waits for its turn at the rate is delayed from then on.
  std::optional<Time> arrival(Time now, std::size_t bytes);

 private:
  NetworkConditions conditions_;
  std::mt19937_64 random_;
  Time free_at_{};  ///< when the last packet has left at the rate
};

}  // namespace threadmill::harness
