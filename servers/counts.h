#pragma once
// What a server has to say about itself when it has stopped.

#include <cstdint>
#include <optional>

#include "servers/cluster/log_counts.h"

namespace threadmill::servers {

struct ServeCounts {
  std::uint64_t accepted = 0;           ///< taken from the queue, those refused for their number included
  std::uint64_t refused = 0;            ///< no room: connections, descriptors, threads or processes
  std::uint64_t slow_disconnected = 0;  ///< connections closed because their outbox was full
  std::uint64_t deliveries_dropped =
      0;  ///< deliveries left out because an outbox was full (--slow-consumer drop)
  std::optional<LogCounts> log = std::nullopt;  ///< of a server that shares a log with others

  ServeCounts& operator+=(const ServeCounts& other) {
    accepted += other.accepted;
    refused += other.refused;
    slow_disconnected += other.slow_disconnected;
    deliveries_dropped += other.deliveries_dropped;
    return *this;
  }
};

}  // namespace threadmill::servers
