#pragma once
// A scenario at one level of load.

#include <string>
#include <string_view>

#include "harness/catalogue/scenario.h"
#include "results/sweep/capacity_search.h"

namespace threadmill::harness {

/// What a sweep changes.
enum class SweepOver {
  rate,         ///< requests or messages a second, whatever the answers do
  connections,  ///< clients; in publish/subscribe, subscribers
};

/// As result files call it: "rate_per_s" or "connections".
std::string_view to_text(SweepOver over);

/// `base` with this level in its load, called "NAME@LEVEL". Over a rate, a closed loop becomes an open one
/// with arrivals at random times (Poisson). It runs by time: as long as the scenario does, or one second.
/// Throws InputError where the scenario cannot have that level.
Scenario at_level(const Scenario& base, SweepOver over, results::Level level);

}  // namespace threadmill::harness
