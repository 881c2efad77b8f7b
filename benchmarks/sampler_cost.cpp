// What the harness's sampler costs beside a server of many processes, and how its account of their CPU time
// agrees with the kernel's. Usage: sampler-cost [children=2000] [seconds=5] [wakes of a child=0, without end]

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "harness/watch/sampler.h"
#include "os/clock.h"
#include "os/errors.h"

namespace {

using threadmill::harness::EventLoop;
using threadmill::harness::Sampler;
namespace os = threadmill::os;

// A client's child: works for 0.1 ms twice a second, and leaves after so many times where a number is given.
[[noreturn]] void run_child(int number, long wakes) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::usleep(static_cast<useconds_t>(number % 500) * 1000);
  for (long wake = 0; wakes == 0 || wake < wakes; ++wake) {
    const auto start = os::thread_cpu_ns();
    while (os::thread_cpu_ns() - start < 100'000) {
    }
    ::usleep(500'000);
  }
  ::_exit(0);
}

void watch_signals(sigset_t& signals) {
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
}

// Keeps so many children until SIGTERM; then ends them and waits for SIGTERM once more.
[[noreturn]] void run_server(int children, long wakes, int ready) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t signals;
  watch_signals(signals);
  std::vector<pid_t> pids;
  const auto add = [&](int number) {
    const pid_t pid = ::fork();
    if (pid == 0) run_child(number, wakes);
    if (pid < 0) os::throw_errno("fork");
    pids.push_back(pid);
  };
  for (int i = 0; i < children; ++i) add(i);
  [[maybe_unused]] const auto told = ::write(ready, "r", 1);
  for (int signal = 0; ::sigwait(&signals, &signal) == 0 && signal != SIGTERM;) {
    for (pid_t left = 0; (left = ::waitpid(-1, nullptr, WNOHANG)) > 0; add(0)) std::erase(pids, left);
  }
  for (const pid_t pid : pids) ::kill(pid, SIGKILL);
  while (::wait(nullptr) > 0) {
  }
  [[maybe_unused]] const auto all_gone = ::write(ready, "e", 1);
  for (int signal = 0; ::sigwait(&signals, &signal) == 0 && signal != SIGTERM;) {
  }
  ::_exit(0);
}

void wait_for_byte(int fd) {
  char byte = 0;
  if (::read(fd, &byte, 1) != 1) os::throw_errno("read from the server");
}

long argument(char** argv, int argc, int which, long otherwise) {
  return argc > which ? std::atol(argv[which]) : otherwise;
}

std::int64_t longest_gap_ns(const nlohmann::json& series) {
  std::int64_t longest = 0;
  for (std::size_t i = 1; i < series.size(); ++i) {
    longest =
        std::max(longest, series[i]["t_ns"].get<std::int64_t>() - series[i - 1]["t_ns"].get<std::int64_t>());
  }
  return longest;
}

bool never_shrinks(const nlohmann::json& series) {
  return std::is_sorted(series.begin(), series.end(),
                        [](const auto& a, const auto& b) { return a["cpu_ns"] < b["cpu_ns"]; });
}

void sample(pid_t server, long seconds) {
  EventLoop loop;
  Sampler sampler(loop, server);
  sampler.at_gate("connected");
  const auto start_ns = os::monotonic_ns();
  const auto cpu_ns = os::read_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  loop.wait_for([] { return false; }, std::chrono::seconds(seconds));
  const auto took_ns = static_cast<double>(os::monotonic_ns() - start_ns);
  const auto used_ns = static_cast<double>(os::read_clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns);
  sampler.at_gate("measured");
  const auto samples = sampler.to_json();
  const auto& series = samples["series"];
  fmt::print(
      "sampler: {:.2f} % of a CPU ({:.2f} % by its own account), {} points in {:.1f} s, longest gap {:.0f} "
      "ms\n",
      100 * used_ns / took_ns, 100 * samples["sampler_window_cpu_ns"].get<double>() / took_ns, series.size(),
      took_ns / 1e9, static_cast<double>(longest_gap_ns(series)) / 1e6);
  fmt::print("server: {} processes at the last point, {:.0f} ms of CPU in the window; its CPU time {}\n",
             series.back()["processes"].get<int>(), static_cast<double>(sampler.window_cpu_ns()) / 1e6,
             never_shrinks(series) ? "never shrank" : "SHRANK");
}

// The children have ended and are in the server's account; the kernel gives the same when it is reaped.
void compare_with_wait4(pid_t server) {
  const auto sampled_ns = threadmill::harness::tree_cpu_ns(threadmill::harness::process_tree(server));
  ::kill(server, SIGTERM);
  rusage usage{};
  ::wait4(server, nullptr, 0, &usage);
  const auto waited_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 +
                         usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  const double waited_ms = static_cast<double>(waited_us) / 1e3;
  const double sampled_ms = static_cast<double>(sampled_ns) / 1e6;
  fmt::print("whole life: {:.1f} ms sampled, {:.1f} ms by wait4: {:+.2f} %\n", sampled_ms, waited_ms,
             100 * (sampled_ms / waited_ms - 1));
}

}  // namespace

int main(int argc, char** argv) {
  int ready[2];
  if (::pipe(ready) != 0) os::throw_errno("pipe");
  const pid_t server = ::fork();
  if (server < 0) os::throw_errno("fork");
  if (server == 0)
    run_server(static_cast<int>(argument(argv, argc, 1, 2000)), argument(argv, argc, 3, 0), ready[1]);
  wait_for_byte(ready[0]);
  sample(server, argument(argv, argc, 2, 5));
  ::kill(server, SIGTERM);
  wait_for_byte(ready[0]);
  compare_with_wait4(server);
}
