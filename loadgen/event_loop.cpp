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

int EventLoop::wait_precisely(std::int64_t timeout_ns) {
  const int room = static_cast<int>(events_.size());
  if (has_pwait2_ && timeout_ns > 0) {
    const timespec timeout{.tv_sec = timeout_ns / 1'000'000'000, .tv_nsec = timeout_ns % 1'000'000'000};
    const int ready = ::epoll_pwait2(epoll_.get(), events_.data(), room, &timeout, nullptr);
    if (ready >= 0 || errno != ENOSYS) return ready;
    has_pwait2_ = false;
  }
  return ::epoll_wait(epoll_.get(), events_.data(), room, static_cast<int>(timeout_ns / 1'000'000));
}

std::span<const epoll_event> EventLoop::wait(std::int64_t timeout_ns) {
  const int ready = wait_precisely(timeout_ns);
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
