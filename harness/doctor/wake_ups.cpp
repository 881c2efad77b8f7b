#include "harness/doctor/wake_ups.h"

#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "os/clock.h"

namespace threadmill::harness::doctor {
namespace {

constexpr std::int64_t kNap = 1'000'000;  // ns

void sleep_until(std::int64_t at_ns) {
  const timespec at{at_ns / 1'000'000'000, at_ns % 1'000'000'000};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

double us(std::int64_t ns) { return static_cast<double>(ns) / 1000; }

}  // namespace

WakeUps measure_wake_ups(std::chrono::milliseconds time) {
  const int usual_slack = ::prctl(PR_GET_TIMERSLACK);
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  std::vector<std::int64_t> late;
  const std::int64_t end = os::monotonic_ns() + std::chrono::nanoseconds(time).count();
  for (std::int64_t now = os::monotonic_ns(); now < end || late.empty();) {
    const std::int64_t due = now + kNap;
    sleep_until(due);
    now = os::monotonic_ns();
    late.push_back(now - due);
  }
  ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(usual_slack));
  std::sort(late.begin(), late.end());
  const auto at = [&](std::size_t percent) { return us(late[(late.size() - 1) * percent / 100]); };
  return {.count = late.size(), .median_us = at(50), .p99_us = at(99), .worst_us = us(late.back())};
}

}  // namespace threadmill::harness::doctor
