// What a build without libnats has.

#include <stdexcept>

#include "servers/cluster/replicated_log.h"

namespace threadmill::servers {

std::unique_ptr<ReplicatedLog> open_replicated_log(const std::string&) {
  throw std::runtime_error(
      "--cluster: this build has no NATS client; install libnats-dev, and configure and build again");
}

}  // namespace threadmill::servers
