#include "servers/staged/calibrated_loop.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "os/clock.h"

namespace threadmill::servers {
namespace {

constexpr int kAttempts = 20;
constexpr std::uint64_t kRoundsOfAnAttempt =
    100'000;  // 0.1 to 0.3 ms: much longer than reading the clock takes

}  // namespace

void run_loop(std::uint64_t rounds) {
  std::uint64_t state = 0x9E37'79B9'7F4A'7C15;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    state ^= state << 13U;  // each step needs the one before
    state ^= state >> 7U;
    state ^= state << 17U;
  }
  volatile std::uint64_t used = state;
  static_cast<void>(used);
}

std::uint64_t rounds_for(std::int64_t cpu_ns) {
  std::int64_t fastest_ns = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < kAttempts; ++i) {
    const std::int64_t before_ns = os::thread_cpu_ns();
    run_loop(kRoundsOfAnAttempt);
    fastest_ns = std::min(fastest_ns, os::thread_cpu_ns() - before_ns);
  }
  const double rounds_per_ns =
      static_cast<double>(kRoundsOfAnAttempt) / static_cast<double>(std::max<std::int64_t>(fastest_ns, 1));
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(cpu_ns) * rounds_per_ns));
}

}  // namespace threadmill::servers
