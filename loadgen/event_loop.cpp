#include "loadgen/event_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

#include "os/errors.h"

namespace threadmill::load {

EventLoop::EventLoop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_) os::throw_errno("epoll_create1");
  if (!wake_) os::throw_errno("eventfd");
  // Edge-triggered: each write is one event, and nobody needs to read the counter back.
  add(wake_.get(), EPOLLIN | EPOLLET, kWakeToken);
}

void EventLoop::control(int operation, int fd, std::uint32_t events, std::uint64_t token) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = token;
  if (::epoll_ctl(epoll_.get(), operation, fd, &event) != 0) os::throw_errno("epoll_ctl");
}

std::span<const epoll_event> EventLoop::wait(int timeout_ms) {
  const int ready = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout_ms);
  if (ready < 0) {
    if (errno == EINTR) return {};
    os::throw_errno("epoll_wait");
  }
  return {events_.data(), static_cast<std::size_t>(ready)};
}

void EventLoop::wake() noexcept {
  const std::uint64_t one = 1;
  // It can fail only when the counter is full, and then the other thread is awake anyhow.
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

}  // namespace threadmill::load
