// The barest epoll client: what our generator's checks, clocks and histograms cost shows against it.
// bare-client PORT CONNECTIONS BYTES SECONDS: prints requests/s and requests.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "os/clock.h"

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const auto bytes = static_cast<std::size_t>(std::atoi(argv[3]));
  const int loop = ::epoll_create1(0);
  std::vector<char> message(bytes, 'x');
  std::vector<char> answer(64 << 10);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < std::atoi(argv[2]); ++i) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return 1;
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    ::epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
    if (::send(fd, message.data(), bytes, 0) < 0) return 1;
  }
  const std::int64_t start = threadmill::os::monotonic_ns();
  const std::int64_t end = start + static_cast<std::int64_t>(std::atof(argv[4]) * 1e9);
  std::uint64_t requests = 0;
  epoll_event events[512];
  while (threadmill::os::monotonic_ns() < end) {
    const int ready = ::epoll_wait(loop, events, 512, 100);
    for (int i = 0; i < ready; ++i) {
      if (::recv(events[i].data.fd, answer.data(), answer.size(), 0) <= 0) return 1;
      ++requests;
      if (::send(events[i].data.fd, message.data(), bytes, MSG_NOSIGNAL) < 0) return 1;
    }
  }
  std::printf(
      "%.0f %llu\n",
      static_cast<double>(requests) * 1e9 / static_cast<double>(threadmill::os::monotonic_ns() - start),
      static_cast<unsigned long long>(requests));
}
