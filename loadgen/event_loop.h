#pragma once
// epoll, as thin as it gets.

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "os/descriptor.h"

namespace threadmill::load {

/// The level-triggered epoll set of one thread. All but wake() in that thread only.
class EventLoop {
 public:
  /// The token of the event that wake() causes.
  static constexpr std::uint64_t kWakeToken = UINT64_MAX;

  /// What wait() hands out at once.
  static constexpr std::size_t kMostEvents = 512;

  /// Throws std::system_error.
  EventLoop();

  /// `events` of EPOLLIN, EPOLLOUT. Throws std::system_error.
  void add(int fd, std::uint32_t events, std::uint64_t token) { control(EPOLL_CTL_ADD, fd, events, token); }
  void modify(int fd, std::uint32_t events, std::uint64_t token) {
    control(EPOLL_CTL_MOD, fd, events, token);
  }

  /// What is ready, at most kMostEvents events; empty after `timeout_ns` or a signal. 0: does not wait. Valid
  /// until the next call. To the precision of the thread's timer slack (prctl(2), PR_SET_TIMERSLACK); of a
  /// millisecond where the kernel has no epoll_pwait2 (before Linux 5.11).
  std::span<const epoll_event> wait(std::int64_t timeout_ns);

  /// Makes wait() return. From any thread.
  void wake() noexcept;

 private:
  int wait_precisely(std::int64_t timeout_ns);
  void control(int operation, int fd, std::uint32_t events, std::uint64_t token);

  os::Descriptor epoll_;
  os::Descriptor wake_;
  bool has_pwait2_ = true;
  std::array<epoll_event, kMostEvents> events_{};
};

}  // namespace threadmill::load
