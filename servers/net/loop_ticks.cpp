#include "servers/net/loop_ticks.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include "os/errors.h"

namespace threadmill::servers {

os::Descriptor watch_period(EventLoop& loop, std::chrono::nanoseconds period, std::function<void()> on_tick) {
  os::Descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!timer) os::throw_errno("timerfd_create");
  const timespec interval{.tv_sec = period.count() / 1'000'000'000,
                          .tv_nsec = period.count() % 1'000'000'000};
  const itimerspec schedule{.it_interval = interval, .it_value = interval};
  if (::timerfd_settime(timer.get(), 0, &schedule, nullptr) != 0) os::throw_errno("timerfd_settime");
  loop.watch(timer.get(), [on_tick = std::move(on_tick), fd = timer.get()] {
    std::uint64_t periods = 0;
    if (::read(fd, &periods, sizeof periods) > 0) on_tick();
  });
  return timer;
}

os::Descriptor watch_ticks(EventLoop& loop, const Service& service, Fanout& fanout) {
  const auto period = service.tick_period();
  if (period.count() == 0) return {};
  return watch_period(loop, period, [&] {
    service.tick(fanout);
    loop.expect_flush();
  });
}

}  // namespace threadmill::servers
