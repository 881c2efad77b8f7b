#pragma once
// IPv4 and IPv6 socket addresses.

#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace threadmill::os {

/// A numeric address and port, ready for bind(2) and connect(2).
class SocketAddress {
 public:
  /// Parses a numeric address such as "127.0.0.1" or "::1". Throws std::invalid_argument naming the address.
  SocketAddress(const std::string& host, std::uint16_t port);

  /// The address that a bound socket really has (after port 0, say). Throws std::system_error.
  static SocketAddress of_socket(int fd);

  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const noexcept { return size_; }
  int family() const noexcept { return storage_.ss_family; }
  std::uint16_t port() const noexcept;

  /// "127.0.0.1:6379", "[::1]:6379".
  std::string to_string() const;

 private:
  SocketAddress() = default;
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

}  // namespace threadmill::os
