#pragma once
// Says how many connections are active, for people who watch a server: --log connections.

#include <atomic>
#include <cstddef>

namespace threadmill::servers {

/// One line on standard error for each connection that opens or closes. From any thread of one process.
class ConnectionLog {
 public:
  void opened();
  void closed();

 private:
  std::atomic<std::size_t> active_{0};
};

}  // namespace threadmill::servers
