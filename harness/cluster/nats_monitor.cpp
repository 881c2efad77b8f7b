#include "harness/cluster/nats_monitor.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>

#include "os/address.h"
#include "os/descriptor.h"

namespace threadmill::harness {
namespace {

constexpr timeval kPatience{.tv_sec = 1, .tv_usec = 0};
constexpr std::size_t kLongestAnswer = 1 << 20;

os::Descriptor connect_to(std::uint16_t port) {
  const os::SocketAddress address("127.0.0.1", port);
  os::Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return {};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (::connect(socket.get(), address.get(), address.size()) != 0) return {};
  return socket;
}

/// Up to the end that the peer makes, or to nothing where it does not come to one.
std::string read_to_end(int socket) {
  std::string text;
  std::array<char, 16384> part;
  while (text.size() < kLongestAnswer) {
    const ssize_t got = ::recv(socket, part.data(), part.size(), 0);
    if (got == 0) return text;
    if (got < 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return {};
}

}  // namespace

std::optional<nlohmann::json> ask_monitor(std::uint16_t port, const std::string& path) {
  const auto socket = connect_to(port);
  if (!socket) return std::nullopt;
  // Of HTTP/1.0, so that the answer comes in one piece and ends with the connection.
  const auto request = fmt::format("GET {} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", path);
  const auto sent = ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size())) return std::nullopt;
  const auto answer = read_to_end(socket.get());
  const auto body = answer.find("\r\n\r\n");
  if (body == std::string::npos) return std::nullopt;
  auto document = nlohmann::json::parse(answer.substr(body), nullptr, false);
  if (!document.is_object()) return std::nullopt;
  return document;
}

}  // namespace threadmill::harness
