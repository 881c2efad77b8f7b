#include "harness/cluster/nats_monitor.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>

#include "harness/network/unnamed_namespace.h"
#include "os/address.h"
#include "os/descriptor.h"
#include "os/network_namespace.h"
#include "servers/cluster/replicated_log.h"

namespace threadmill::harness {
namespace {

constexpr timeval kPatience{.tv_sec = 1, .tv_usec = 0};
constexpr std::size_t kLongestAnswer = 1 << 20;

os::Descriptor connect_to_monitor(const NatsProcess& server) {
  const os::SocketAddress address(server.address, server.monitor_port);
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

std::string answer_to(const NatsProcess& server, const std::string& path) {
  const auto socket = connect_to_monitor(server);
  if (!socket) return {};
  // Of HTTP/1.0, so that the answer comes in one piece and ends with the connection.
  const auto request = fmt::format("GET {} HTTP/1.0\r\nHost: {}\r\n\r\n", path, server.address);
  const auto sent = ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size())) return {};
  return read_to_end(socket.get());
}

}  // namespace

std::optional<nlohmann::json> ask_monitor(const NatsProcess& server, const std::string& path) {
  std::string answer;
  const auto network = open_namespace(server.network_namespace);
  os::in_network_namespace(network.get(), [&] { answer = answer_to(server, path); });
  const auto body = answer.find("\r\n\r\n");
  if (body == std::string::npos) return std::nullopt;
  auto document = nlohmann::json::parse(answer.substr(body), nullptr, false);
  if (!document.is_object()) return std::nullopt;
  return document;
}

std::string leader_known_to(const NatsProcess& server) {
  const auto told = ask_monitor(server, "/jsz");
  if (!told || told->value("disabled", false)) return {};
  if (server.is_alone()) return server.name;
  return told->contains("meta_cluster") ? told->at("meta_cluster").value("leader", "") : "";
}

std::string stream_leader_known_to(const NatsProcess& server) {
  const auto told = ask_monitor(server, "/jsz?streams=1");
  if (!told || !told->contains("account_details")) return {};
  for (const auto& account : told->at("account_details")) {
    if (!account.contains("stream_detail")) continue;
    for (const auto& stream : account.at("stream_detail")) {
      if (stream.value("name", "") != servers::kLogStream) continue;
      if (server.is_alone()) return server.name;
      if (stream.contains("cluster")) return stream.at("cluster").value("leader", "");
    }
  }
  return {};
}

}  // namespace threadmill::harness
