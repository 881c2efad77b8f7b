#pragma once
// The clock of the kernel's packet timestamps, and how far it is from the clock for intervals.

#include <cstdint>

#include "os/clock.h"

namespace threadmill::load::reference {

/// Nanoseconds of CLOCK_REALTIME, which is what SO_TIMESTAMPING's software timestamps are of.
inline std::int64_t wall_ns() noexcept { return os::read_clock_ns(CLOCK_REALTIME); }

/// CLOCK_REALTIME less CLOCK_MONOTONIC, to some tens of ns: the reading of many whose two neighbours were
/// closest together. Both clocks are slewed alike, so it changes only when somebody sets the time.
std::int64_t wall_minus_monotonic_ns() noexcept;

}  // namespace threadmill::load::reference
