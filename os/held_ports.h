#pragma once
// Ports for programs that are to be told where to listen.

#include <cstdint>
#include <string>
#include <vector>

#include "os/descriptor.h"

namespace threadmill::os {

/// Ports that nobody else has, each another, for as long as this holds them: release() them right before the
/// programs start that listen there.
class HeldPorts {
 public:
  /// One more, of the network namespace of this thread. It is below those that outgoing connections leave
  /// from: one of them would take it while its server is down. Throws std::system_error.
  std::uint16_t hold(const std::string& address);
  void release() { sockets_.clear(); }

 private:
  std::vector<Descriptor> sockets_;
};

}  // namespace threadmill::os
