#include "loadgen/connect.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "os/address.h"

namespace threadmill::load {

std::optional<std::string> source_address(const Target& target, std::uint32_t index) {
  const std::uint32_t source = index / kConnectionsPerSource;
  if (source == 0 || !target.address.starts_with("127.")) return std::nullopt;
  return fmt::format("127.0.0.{}", source + 1);
}

PendingConnect begin_connect(const Target& target, std::uint32_t index) {
  const os::SocketAddress address(target.address, target.port);
  PendingConnect pending{
      os::Descriptor(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))};
  if (!pending.fd) {
    pending.error = errno;
    return pending;
  }
  const int fd = pending.fd.get();
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (const auto source = source_address(target, index)) {
    // The port is chosen at connect(2), where the kernel knows the target: bind(2) would need a port unique
    // to us.
    ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
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
