#pragma once
// Points in time for people. Intervals are measured with os/clock.h.

#include <string>

namespace threadmill::harness {

/// "2026-11-21T03:00:00Z".
std::string utc_now();

/// "20261121T030000Z", for file names.
std::string utc_stamp();

}  // namespace threadmill::harness
