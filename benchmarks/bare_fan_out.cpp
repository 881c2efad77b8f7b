// The most that one CPU can write to many connections: one buffer of 64 KiB, to each in turn, while a process
// on another CPU reads and looks at nothing. Prints {"connections", "bytes_per_s"}.
//
//   bare-fan-out CONNECTIONS SECONDS WRITER-CPU READER-CPU

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <vector>

#include "os/address.h"
#include "os/clock.h"
#include "os/cpu_set.h"
#include "os/descriptor.h"
#include "os/descriptor_limit.h"
#include "os/errors.h"

namespace {

using namespace threadmill;

constexpr std::size_t kPieceBytes = 64 << 10;
constexpr std::size_t kReadBytes = 256 << 10;
constexpr std::int64_t kStart_ns = 300'000'000;

os::Descriptor stream_socket() {
  os::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) os::throw_errno("socket");
  return socket;
}

os::Descriptor listen_anywhere() {
  os::Descriptor listener = stream_socket();
  const os::SocketAddress any_port("127.0.0.1", 0);
  if (::bind(listener.get(), any_port.get(), any_port.size()) < 0 || ::listen(listener.get(), 4096) < 0)
    os::throw_errno("listen on " + any_port.to_string());
  return listener;
}

/// Reads whatever comes, until its parent is gone.
[[noreturn]] void read_all(const os::SocketAddress& address, int connections) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const os::Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<os::Descriptor> sockets;
  for (int i = 0; i < connections; ++i) {
    sockets.push_back(stream_socket());
    const int fd = sockets.back().get();
    if (::connect(fd, address.get(), address.size()) < 0) os::throw_errno("connect");
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) < 0) os::throw_errno("epoll_ctl");
  }
  std::vector<char> buffer(kReadBytes);
  std::array<epoll_event, 256> events{};
  for (;;) {
    const int ready = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT) == 0) std::_Exit(0);
    }
  }
}

std::vector<os::Descriptor> accept_all(const os::Descriptor& listener, int connections) {
  std::vector<os::Descriptor> sockets;
  for (int i = 0; i < connections; ++i) {
    sockets.emplace_back(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!sockets.back()) os::throw_errno("accept");
    const int on = 1;
    ::setsockopt(sockets.back().get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return sockets;
}

/// Bytes a second, over `seconds` after a moment to get going.
double write_in_turn(const std::vector<os::Descriptor>& sockets, double seconds) {
  const std::vector<char> piece(kPieceBytes, 'p');
  const std::int64_t start_ns = os::monotonic_ns() + kStart_ns;
  const std::int64_t end_ns = start_ns + static_cast<std::int64_t>(seconds * 1e9);
  std::int64_t now_ns = 0;
  std::uint64_t bytes = 0;
  while ((now_ns = os::monotonic_ns()) < end_ns) {
    for (const auto& socket : sockets) {
      // It blocks until all of it is taken.
      const auto written = ::send(socket.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
      if (written < 0) os::throw_errno("send");
      if (now_ns >= start_ns) bytes += static_cast<std::uint64_t>(written);
    }
  }
  return static_cast<double>(bytes) * 1e9 / static_cast<double>(os::monotonic_ns() - start_ns);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "bare-fan-out CONNECTIONS SECONDS WRITER-CPU READER-CPU\n");
    return 2;
  }
  try {
    const int connections = std::atoi(argv[1]);
    os::raise_descriptor_limit();
    const os::Descriptor listener = listen_anywhere();
    const pid_t reader = ::fork();
    if (reader < 0) os::throw_errno("fork");
    if (reader == 0) {
      os::pin_this_thread({std::atoi(argv[4])});
      read_all(os::SocketAddress::of_socket(listener.get()), connections);
    }
    os::pin_this_thread({std::atoi(argv[3])});
    const auto sockets = accept_all(listener, connections);
    const double bytes_per_s = write_in_turn(sockets, std::atof(argv[2]));
    ::kill(reader, SIGKILL);
    std::printf("{\"connections\": %d, \"bytes_per_s\": %.0f}\n", connections, bytes_per_s);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bare-fan-out: %s\n", error.what());
    return 1;
  }
}
