#pragma once
// Says how many connections are active, for people who watch a server: --log connections.

#include <atomic>
#include <cstddef>

#include "servers/net/shared_array.h"

namespace threadmill::servers {

/// One line on standard error for each connection that opens or closes. From any thread, and from child
/// processes.
class ConnectionLog {
 public:
  void opened();
  void closed();

 private:
  SharedArray<std::atomic<std::size_t>> active_{1};
};

}  // namespace threadmill::servers
