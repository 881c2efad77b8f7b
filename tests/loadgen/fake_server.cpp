#include "tests/loadgen/fake_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <vector>

#include "os/address.h"
#include "os/errors.h"

namespace threadmill::load {
namespace {

os::Descriptor bound_socket() {
  const os::SocketAddress any("127.0.0.1", 0);
  os::Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || ::bind(fd.get(), any.get(), any.size()) != 0) os::throw_errno("bind");
  return fd;
}

}  // namespace

FakeServer::FakeServer(Handler handler) : handler_(std::move(handler)), listener_(bound_socket()) {
  if (::listen(listener_.get(), 128) != 0) os::throw_errno("listen");
  port_ = os::SocketAddress::of_socket(listener_.get()).port();
  thread_ = std::thread([this] { serve(); });
}

FakeServer::~FakeServer() {
  stop_ = true;
  thread_.join();
}

void FakeServer::serve() {
  while (!stop_) {
    std::vector<pollfd> polled{{listener_.get(), POLLIN, 0}};
    std::vector<int> numbers{-1};
    for (const auto& [number, fd] : connections_) {
      polled.push_back({fd.get(), POLLIN, 0});
      numbers.push_back(number);
    }
    ::poll(polled.data(), polled.size(), 10);
    for (std::size_t i = 1; i < polled.size(); ++i) {
      if (polled[i].revents != 0) read_from(numbers[i]);
    }
    if (polled[0].revents != 0) accept_one();
  }
}

void FakeServer::accept_one() {
  os::Descriptor fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!fd) return;
  const int on = 1;  // what a handler sends in two parts leaves at once
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connections_[next_++] = std::move(fd);
}

void FakeServer::read_from(int connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;  // the handler closed it meanwhile
  char bytes[64 << 10];
  const auto got = ::recv(found->second.get(), bytes, sizeof bytes, MSG_DONTWAIT);
  if (got > 0) {
    handler_(*this, connection, {bytes, static_cast<std::size_t>(got)});
  } else {
    connections_.erase(connection);
  }
}

void FakeServer::send(int connection, std::string_view bytes) {
  const auto found = connections_.find(connection);
  while (found != connections_.end() && !bytes.empty()) {
    const auto sent = ::send(found->second.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool FakeServer::anything_pending() const {
  return std::any_of(connections_.begin(), connections_.end(), [](const auto& connection) {
    char byte = 0;
    return ::recv(connection.second.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
  });
}

void FakeServer::close(int connection) { connections_.erase(connection); }

std::uint16_t closed_port() {
  const auto fd = bound_socket();
  return os::SocketAddress::of_socket(fd.get()).port();
}

}  // namespace threadmill::load
