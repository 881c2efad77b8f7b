// How late each way of waiting is, and what it costs: timerfd in an epoll set, epoll_pwait2 with a timeout,
// and sleeping less than is due and polling for the rest. waits [SECONDS_EACH] [CPU]

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

#include "loadgen/arrivals.h"
#include "loadgen/histogram.h"
#include "os/clock.h"
#include "os/cpu_set.h"

namespace {

using namespace threadmill;
using WaitUntil = std::function<void(std::int64_t due_ns)>;

timespec to_timespec(std::int64_t ns) {
  return {.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
}

struct Loop {
  int epoll = ::epoll_create1(0);
  int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  epoll_event events[4]{};

  Loop() {
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.fd = timer}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
  }
  void by_timerfd(std::int64_t due_ns) {
    const itimerspec at{.it_interval = {}, .it_value = to_timespec(due_ns)};
    ::timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, nullptr);
    ::epoll_wait(epoll, events, 4, -1);
  }
  void by_pwait2(std::int64_t due_ns) {
    const std::int64_t left_ns = due_ns - os::monotonic_ns();
    if (left_ns <= 0) return;
    const timespec timeout = to_timespec(left_ns);
    ::epoll_pwait2(epoll, events, 4, &timeout, nullptr);
  }
  void poll_until(std::int64_t due_ns) {
    while (os::monotonic_ns() < due_ns) ::epoll_wait(epoll, events, 4, 0);
  }
};

void measure(const char* name, double seconds, const WaitUntil& wait_until) {
  load::Histogram late;
  load::Arrivals arrivals(load::ArrivalProcess::poisson, load::Rate(4000), 1, 0, 1);
  const std::int64_t start = os::monotonic_ns();
  const std::int64_t cpu = os::thread_cpu_ns();
  const auto end = start + static_cast<std::int64_t>(seconds * 1e9);
  for (arrivals.start(start); arrivals.due_ns() < end; arrivals.pop()) {
    if (os::monotonic_ns() < arrivals.due_ns()) wait_until(arrivals.due_ns());
    late.record(os::monotonic_ns() - arrivals.due_ns());
  }
  const auto us = [&](double percentile) {
    return static_cast<double>(late.value_at_percentile(percentile)) / 1e3;
  };
  fmt::print(
      "{:<34} late p50 {:6.1f} us  p99 {:7.1f} us  p99.9 {:7.1f} us   CPU {:5.1f} %\n", name, us(50), us(99),
      us(99.9),
      100 * static_cast<double>(os::thread_cpu_ns() - cpu) / static_cast<double>(os::monotonic_ns() - start));
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
  os::pin_this_thread({argc > 2 ? std::atoi(argv[2]) : 1});
  Loop loop;
  measure("epoll_pwait2, slack of 50 us", seconds, [&](std::int64_t due) { loop.by_pwait2(due); });
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  measure("timerfd, slack of 1 ns", seconds, [&](std::int64_t due) { loop.by_timerfd(due); });
  measure("epoll_pwait2, slack of 1 ns", seconds, [&](std::int64_t due) { loop.by_pwait2(due); });
  for (const std::int64_t polled_us : {20, 50, 100}) {
    measure(fmt::format("epoll_pwait2, {} us polled", polled_us).c_str(), seconds, [&](std::int64_t due) {
      loop.by_pwait2(due - polled_us * 1000);
      loop.poll_until(due);
    });
  }
  measure("polling only", seconds, [&](std::int64_t due) { loop.poll_until(due); });
}
