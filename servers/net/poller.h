#pragma once
// How an event loop waits for its descriptors.

#include <sys/epoll.h>

#include <cstdint>
#include <ctime>
#include <memory>
#include <span>

namespace threadmill::servers {

/// Something that a poller reports on.
class Watched {
 public:
  virtual ~Watched() = default;
  /// `events`: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLRDHUP.
  virtual void on_events(std::uint32_t events) = 0;
};

/// Events have the names and the bits of epoll(7), whatever is called beneath. Used by the loop's thread.
class Poller {
 public:
  virtual ~Poller() = default;

  /// Whether a connection's state is told once, when it comes about, and not for as long as it lasts.
  virtual bool tells_edges() const { return false; }

  /// Watches `fd` for as long as a state lasts; the caller keeps owning both. False, with errno set, when the
  /// system takes no more.
  virtual bool add(int fd, std::uint32_t events, Watched& watched) = 0;
  /// Watches `fd`, a socket, for all that can happen to it: each is told when it comes about. For pollers
  /// that tell edges.
  virtual bool add_for_edges(int, Watched&) { return false; }
  /// Of a descriptor that was added; false, with errno set, if it was not. With epoll, any thread.
  virtual bool change(int fd, std::uint32_t events, Watched& watched) = 0;
  virtual void remove(int fd) = 0;

  /// Waits until something can be told, at most for `timeout`; null: for ever. What it returns names each
  /// Watched once and is valid until the next call. A signal ends it early, with nothing.
  virtual std::span<const epoll_event> wait(const timespec* timeout) = 0;
};

/// Each throws std::system_error.
std::unique_ptr<Poller> level_triggered_epoll();
std::unique_ptr<Poller> edge_triggered_epoll();
/// poll(2).
std::unique_ptr<Poller> poll_poller();
/// select(2), with sets as long as the descriptors need: numbers from FD_SETSIZE (1024) on work too.
std::unique_ptr<Poller> select_poller();

}  // namespace threadmill::servers
