#pragma once
// How long a round trip takes, as TCP finds it when it connects.

#include <chrono>

#include "harness/network/place.h"

namespace threadmill::harness {

/// The fastest of a few connects from the generator's place to a listener of our own in the server's, so that
/// no server sees them. Throws NetworkError where none gets through within a few seconds.
std::chrono::microseconds fastest_connect(const Places& places);

}  // namespace threadmill::harness
