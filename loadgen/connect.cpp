#include "loadgen/connect.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "os/address.h"
#include "os/local_ports.h"

namespace threadmill::load {

namespace {

void set_option(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

}  // namespace

bool is_loopback_v4(const Target& target) { return target.address.starts_with("127."); }

bool is_loopback(const Target& target) { return is_loopback_v4(target) || target.address == "::1"; }

std::uint32_t connections_per_source() {
  static const std::uint32_t each = std::max(1U, connections_per_source(os::read_local_ports()));
  return each;
}

std::optional<std::string> source_address(const Target& target, std::uint32_t index,
                                          std::uint32_t per_source) {
  const std::uint32_t source = index / per_source;
  if (source == 0 || !is_loopback_v4(target)) return std::nullopt;
  const std::uint32_t host = source + 1;
  return fmt::format("127.{}.{}.{}", host >> 16 & 0xFF, host >> 8 & 0xFF, host & 0xFF);
}

PendingConnect begin_connect(const Target& target, std::uint32_t index, const ConnectOptions& options) {
  const os::SocketAddress address(target.address, target.port);
  PendingConnect pending{
      os::Descriptor(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))};
  if (!pending.fd) {
    pending.error = errno;
    return pending;
  }
  const int fd = pending.fd.get();
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (options.receive_buffer_bytes > 0) set_option(fd, SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes);
  if (options.segment_bytes > 0) set_option(fd, IPPROTO_TCP, TCP_MAXSEG, options.segment_bytes);
  if (const auto source = source_address(target, index, connections_per_source())) {
    // The port is chosen at connect(2), where the kernel knows the target: bind(2) would need a port unique
    // to us.
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const os::SocketAddress local(*source, 0);
    if (::bind(fd, local.get(), local.size()) != 0) {
      pending.error = errno;
      return pending;
    }
  }
  if (::connect(fd, address.get(), address.size()) != 0 && errno != EINPROGRESS) pending.error = errno;
  return pending;
}

int connect_error(int fd) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace threadmill::load
