#include "primitives/tcp_turns.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "os/address.h"
#include "os/clock.h"
#include "os/errors.h"
#include "primitives/placement.h"
#include "primitives/timing.h"

namespace threadmill::primitives {
namespace {

// Above what select(2) can name, so that the server's ends stay below.
constexpr int kPeersFrom = 4096;
// Larger messages may not fit into a socket that nobody reads.
constexpr std::int64_t kLongestWaitNs = 2'000'000;
constexpr int kLargeBufferBytes = 1 << 20;
constexpr std::size_t kSmallBytes = 16 << 10;

os::Descriptor checked(int fd, const char* what) {
  if (fd < 0) os::throw_errno(what);
  return os::Descriptor(fd);
}

os::Descriptor new_listener(bool large) {
  auto listener = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  if (large)
    ::setsockopt(listener.get(), SOL_SOCKET, SO_RCVBUF, &kLargeBufferBytes, sizeof kLargeBufferBytes);
  const os::SocketAddress any_port("127.0.0.1", 0);
  if (::bind(listener.get(), any_port.get(), any_port.size()) != 0 || ::listen(listener.get(), 16) != 0)
    os::throw_errno("listen on " + any_port.to_string());
  return listener;
}

os::Descriptor connect_to(const os::SocketAddress& address) {
  const auto low = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  auto high = checked(::fcntl(low.get(), F_DUPFD_CLOEXEC, kPeersFrom),
                      "a descriptor beyond 4096, which takes a limit of 8192 open files (ulimit -n)");
  if (::connect(high.get(), address.get(), address.size()) != 0) os::throw_errno("connect");
  return high;
}

void without_delay(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void watch(int epoll, int fd, std::uint64_t data) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = data;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) os::throw_errno("epoll_ctl");
}

/// Awake; but where both share a CPU, the other one has to get it.
template <typename Done>
void wait_awake(Done done) {
  for (int spins = 0; !done(); ++spins) {
    if (spins > 20'000) ::sched_yield();
  }
}

bool must_wait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

TcpTurns::TcpTurns(std::size_t connections, std::size_t message_bytes)
    : message_bytes_(message_bytes),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      peer_epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      buffer_(message_bytes),
      peer_buffer_(message_bytes),
      missing_(connections) {
  const auto listener = new_listener(message_bytes > kSmallBytes);
  const auto address = os::SocketAddress::of_socket(listener.get());
  for (std::size_t i = 0; i < connections; ++i) {
    peers_.push_back(ends_.emplace_back(connect_to(address)).get());
    sockets_.push_back(
        ends_
            .emplace_back(
                checked(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC), "accept4"))
            .get());
    without_delay(sockets_.back());
    without_delay(peers_.back());
    watch(epoll_.get(), sockets_.back(), i);
    watch(peer_epoll_.get(), peers_.back(), i);
  }
  thread_ = std::jthread([this] { obey(); });
}

TcpTurns::~TcpTurns() {
  wait_for_peers();
  give(Order::end, 0);
}

void TcpTurns::give(Order order, std::size_t count) {
  wait_for_peers();
  count_ = count;
  order_.store(order, std::memory_order_release);
}

void TcpTurns::let_peers_send(std::size_t count) {
  give(Order::send, count);
  const std::int64_t latest_ns = os::monotonic_ns() + kLongestWaitNs;
  const bool small = message_bytes_ <= kSmallBytes;
  wait_awake([&] {
    return order_.load(std::memory_order_acquire) == Order::none ||
           (!small && os::monotonic_ns() > latest_ns);
  });
}

void TcpTurns::let_peers_receive(std::size_t count) { give(Order::receive, count); }

void TcpTurns::let_peers_converse(std::size_t count, std::size_t messages) {
  wait_for_peers();
  messages_ = messages;
  give(Order::converse, count);
  while (order_.load(std::memory_order_acquire) != Order::none) ::usleep(1000);
}

void TcpTurns::wait_for_peers() {
  wait_awake([&] { return order_.load(std::memory_order_acquire) == Order::none; });
}

void TcpTurns::receive(int socket) {
  for (std::size_t left = message_bytes_; left > 0;) {
    const ssize_t got = ::recv(socket, buffer_.data(), left, 0);
    if (got > 0) left -= static_cast<std::size_t>(got);
    if (got == 0 || (got < 0 && !must_wait())) os::throw_errno("recv");
  }
}

void TcpTurns::send(int socket) {
  for (std::size_t left = message_bytes_; left > 0;) {
    const ssize_t put = ::send(socket, buffer_.data(), left, MSG_NOSIGNAL);
    if (put > 0) left -= static_cast<std::size_t>(put);
    if (put < 0 && !must_wait()) os::throw_errno("send");
  }
}

void TcpTurns::obey() {
  os::try_pin_this_thread(placement().peer);
  while (true) {
    wait_awake([&] { return order_.load(std::memory_order_acquire) != Order::none; });
    const Order order = order_.load(std::memory_order_acquire);
    if (order == Order::end) return;
    if (order == Order::send) peers_send();
    if (order == Order::receive) peers_receive();
    if (order == Order::converse) peers_converse();
    order_.store(Order::none, std::memory_order_release);
  }
}

void TcpTurns::peers_send() {
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t left = message_bytes_; left > 0;) {
      const ssize_t put = ::send(peers_[i], peer_buffer_.data(), left, MSG_NOSIGNAL);
      if (put < 0 && !must_wait()) return;
      if (put > 0) left -= static_cast<std::size_t>(put);
    }
  }
}

void TcpTurns::peers_receive() {
  std::array<epoll_event, 128> events;
  for (std::size_t i = 0; i < count_; ++i) missing_[i] = message_bytes_;
  for (std::size_t left = count_; left > 0;) {
    const int ready = ::epoll_wait(peer_epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
    for (int e = 0; e < ready; ++e) {
      const auto i = events[static_cast<std::size_t>(e)].data.u64;
      const ssize_t got = ::recv(peers_[i], peer_buffer_.data(), peer_buffer_.size(), MSG_DONTWAIT);
      if (got == 0 || (got < 0 && !must_wait())) return;
      if (got < 0) continue;
      missing_[i] -= static_cast<std::size_t>(got);
      if (missing_[i] == 0) --left;
    }
  }
}

void TcpTurns::peers_converse() {
  std::array<epoll_event, 128> events;
  for (std::size_t i = 0; i < count_; ++i) missing_[i] = messages_;
  peers_send();
  for (std::size_t left = count_; left > 0;) {
    const int ready = ::epoll_wait(peer_epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
    for (int e = 0; e < ready; ++e) {
      const auto i = events[static_cast<std::size_t>(e)].data.u64;
      const ssize_t got = ::recv(peers_[i], peer_buffer_.data(), peer_buffer_.size(), MSG_DONTWAIT);
      if (got == 0 || (got < 0 && !must_wait())) return;
      if (got < 0) continue;
      if (--missing_[i] == 0) {
        --left;
      } else if (::send(peers_[i], peer_buffer_.data(), message_bytes_, MSG_NOSIGNAL) < 0) {
        return;
      }
    }
  }
}

TurnSeconds take_turn(TcpTurns& turns, std::size_t ready) {
  std::array<epoll_event, 256> events;
  const auto sockets = turns.sockets().first(ready);
  TurnSeconds took;
  turns.let_peers_send(ready);
  took.wait =
      cpu_seconds([&] { ::epoll_wait(turns.epoll(), events.data(), static_cast<int>(events.size()), -1); });
  took.receive = cpu_seconds([&] {
    for (const int socket : sockets) turns.receive(socket);
  });
  turns.let_peers_receive(ready);
  took.send = cpu_seconds([&] {
    for (const int socket : sockets) turns.send(socket);
  });
  turns.wait_for_peers();
  return took;
}

}  // namespace threadmill::primitives
