// Model `bare-epoll`: not a model to choose but a ceiling.
//
//   clients ──> [ epoll_wait ──> accept | recv ──> send ] one thread
//
// The least that an echo server on epoll can do: no session, no outbox, no limits, no accounting. What a
// model loses against it is the price of being a real server.
//
// Who accepts, reads and writes: the loop. Shared: nothing.
//
// How it fails: a client that does not read holds up all others, because it sends without looking whether
// there is room.

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "os/descriptor.h"
#include "os/errors.h"
#include "servers/core/service.h"
#include "servers/net/listener.h"
#include "servers/net/socket_io.h"
#include "servers/net/stop_token.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_bare_epoll(Listener& listener, const Service&, const ServeOptions&, const StopToken& stop) {
  const os::Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) os::throw_errno("epoll_create1");
  const auto watch = [&](int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    return ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0;
  };
  if (!watch(listener.fd()) || !watch(stop.fd())) os::throw_errno("epoll_ctl");
  std::array<epoll_event, 512> events;
  std::array<char, kReadBytes> buffer;
  while (true) {
    const int ready = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == stop.fd()) return {.accepted = listener.accepted(), .refused = listener.refused()};
      if (fd == listener.fd()) {
        auto client = listener.accept(0, {});
        for (int n = 1; client; client = n++ < kAcceptsPerTurn ? listener.accept(0, {}) : std::nullopt)
          if (watch(client->get())) client->release();  // else it is closed, and its client knows
        continue;
      }
      const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
      // A blocking send: a client that does not read holds up all others, which a real server must not allow.
      if (got <= 0 || ::send(fd, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got)
        ::close(fd);
    }
  }
}

}  // namespace threadmill::servers
