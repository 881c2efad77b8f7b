#pragma once
// What became of consumers that were too slow, counted by several threads.

#include <atomic>
#include <cstdint>

namespace threadmill::servers {

struct SlowConsumers {
  std::atomic<std::uint64_t> disconnected{0};
  std::atomic<std::uint64_t> deliveries_dropped{0};
};

}  // namespace threadmill::servers
