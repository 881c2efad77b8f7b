#pragma once
// How long publications took to reach their subscribers.

#include "loadgen/histogram.h"

namespace threadmill::load {

/// One value for each delivery. What was never sent is in neither: it is in the response time.
struct DeliveryLatency {
  Histogram from_send;  ///< actual send of the PUBLISH -> received
  Histogram from_due;   ///< intended send -> received; empty where nothing but answers makes messages due

  void merge(const DeliveryLatency& other) noexcept {
    from_send.merge(other.from_send);
    from_due.merge(other.from_due);
  }
  void reset() noexcept {
    from_send.reset();
    from_due.reset();
  }
  bool operator==(const DeliveryLatency&) const = default;
};

}  // namespace threadmill::load
