#include "servers/net/loop_ticks.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include "os/errors.h"

namespace threadmill::servers {

os::Descriptor watch_ticks(EventLoop& loop, const Service& service, Fanout& fanout) {
  const auto period = std::chrono::nanoseconds(service.tick_period());
  if (period.count() == 0) return {};
  os::Descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!timer) os::throw_errno("timerfd_create");
  const timespec interval{.tv_sec = period.count() / 1'000'000'000,
                          .tv_nsec = period.count() % 1'000'000'000};
  const itimerspec schedule{.it_interval = interval, .it_value = interval};
  if (::timerfd_settime(timer.get(), 0, &schedule, nullptr) != 0) os::throw_errno("timerfd_settime");
  loop.watch(timer.get(), [&loop, &service, &fanout, fd = timer.get()] {
    std::uint64_t periods = 0;
    if (::read(fd, &periods, sizeof periods) <= 0) return;
    service.tick(fanout);
    loop.expect_flush();
  });
  return timer;
}

}  // namespace threadmill::servers
