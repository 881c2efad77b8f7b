#pragma once
// What the kernel knows of a server's connections: /proc/net/tcp (proc(5)). While connections anywhere on the
// machine come and go, a reading may lack some: ask again before a small number means anything.

#include <cstdint>
#include <string>
#include <vector>

namespace threadmill::load {

struct TcpEntry {
  std::string local_address;  ///< of IPv4, dotted
  std::uint16_t local_port;
  std::string remote_address;
  std::uint16_t remote_port;
  int state;                     ///< TCP_ESTABLISHED and so on
  std::uint64_t unacknowledged;  ///< bytes that were sent
};

/// The ends of connections that a server on `port` has.
std::vector<TcpEntry> ends_of_server(std::uint16_t port);
/// The other ends, its clients', as far as they are on this machine.
std::vector<TcpEntry> ends_of_clients(std::uint16_t port);

}  // namespace threadmill::load
