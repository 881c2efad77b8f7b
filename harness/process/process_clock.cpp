#include "harness/process/process_clock.h"

#include <time.h>

namespace threadmill::harness {
namespace {

// The kernel's three clocks of a process (linux/include/linux/posix-timers_types.h): clock_getcpuclockid(3)
// gives the last of them alone, at the price of a second system call.
enum class CpuClock : unsigned { user_and_system_ticks = 0, user_ticks = 1, scheduler = 2 };

std::optional<std::int64_t> read_clock(pid_t pid, CpuClock which) {
  const auto id = static_cast<clockid_t>((~static_cast<unsigned>(pid) << 3) | static_cast<unsigned>(which));
  timespec time{};
  if (::clock_gettime(id, &time) != 0) return std::nullopt;
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::optional<std::int64_t> process_cpu_ns(pid_t pid) { return read_clock(pid, CpuClock::scheduler); }

TickTimes process_tick_times(pid_t pid) {
  const auto user = read_clock(pid, CpuClock::user_ticks);
  const auto both = read_clock(pid, CpuClock::user_and_system_ticks);
  if (!user || !both) return {};
  return {*user, *both - *user};
}

}  // namespace threadmill::harness
