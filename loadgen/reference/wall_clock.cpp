#include "loadgen/reference/wall_clock.h"

#include <limits>

namespace threadmill::load::reference {

std::int64_t wall_minus_monotonic_ns() noexcept {
  std::int64_t closest_ns = std::numeric_limits<std::int64_t>::max();
  std::int64_t difference_ns = 0;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t before = os::monotonic_ns();
    const std::int64_t wall = wall_ns();
    const std::int64_t after = os::monotonic_ns();
    if (after - before >= closest_ns) continue;
    closest_ns = after - before;
    difference_ns = wall - (before + closest_ns / 2);
  }
  return difference_ns;
}

}  // namespace threadmill::load::reference
