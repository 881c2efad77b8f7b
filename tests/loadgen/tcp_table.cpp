#include "tests/loadgen/tcp_table.h"

#include <fmt/format.h>
#include <netinet/tcp.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <set>
#include <tuple>

namespace threadmill::load {
namespace {

/// As the table has it: hexadecimal, in the byte order of a little-endian machine.
std::string dotted(unsigned address) {
  return fmt::format("{}.{}.{}.{}", address & 0xFF, address >> 8 & 0xFF, address >> 16 & 0xFF, address >> 24);
}

/// Those that `wanted` accepts.
std::vector<TcpEntry> read_table(const std::function<bool(const TcpEntry&)>& wanted) {
  std::vector<TcpEntry> entries;
  // The kernel writes the table piecemeal: while connections come and go, others may be in it twice.
  std::set<std::tuple<unsigned, unsigned, unsigned, unsigned>> seen;
  std::ifstream in("/proc/net/tcp");
  std::string line;
  while (std::getline(in, line)) {
    unsigned local = 0, local_port = 0, remote = 0, remote_port = 0, state = 0, unacknowledged = 0;
    if (std::sscanf(line.c_str(), " %*d: %x:%x %x:%x %x %x", &local, &local_port, &remote, &remote_port,
                    &state, &unacknowledged) != 6) {
      continue;
    }
    if (state == TCP_LISTEN || state == TCP_TIME_WAIT) continue;
    const TcpEntry entry{dotted(local),           static_cast<std::uint16_t>(local_port),
                         dotted(remote),          static_cast<std::uint16_t>(remote_port),
                         static_cast<int>(state), unacknowledged};
    if (wanted(entry) && seen.emplace(local, local_port, remote, remote_port).second)
      entries.push_back(entry);
  }
  return entries;
}

}  // namespace

std::vector<TcpEntry> ends_of_server(std::uint16_t port) {
  return read_table([port](const TcpEntry& entry) { return entry.local_port == port; });
}

std::vector<TcpEntry> ends_of_clients(std::uint16_t port) {
  return read_table([port](const TcpEntry& entry) { return entry.remote_port == port; });
}

}  // namespace threadmill::load
