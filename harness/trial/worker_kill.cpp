#include "harness/trial/worker_kill.h"

#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/process/process_clock.h"
#include "harness/process/process_tree.h"
#include "harness/trial/trial_failure.h"

namespace threadmill::harness {

void WorkerKill::begin() {
  const auto after =
      std::chrono::duration_cast<EventLoop::Clock::duration>(std::chrono::duration<double>(at_s_));
  timer_ = loop_.repeat(after, [this]() -> EventLoop::Clock::duration {
    if (workers_ == 0) kill_busiest();
    return std::chrono::hours(1);
  });
}

/// The one that has used most CPU time: a worker that stands idle would be missed by nobody.
void WorkerKill::kill_busiest() {
  std::vector<pid_t> workers;
  append_children(workers, server_);
  workers_ = workers.size();
  std::int64_t most_ns = -1;
  for (const pid_t worker : workers) {
    const auto used_ns = process_cpu_ns(worker).value_or(0);
    if (used_ns <= most_ns) continue;
    most_ns = used_ns;
    killed_ = worker;
  }
  if (killed_) ::kill(*killed_, SIGKILL);
}

nlohmann::json WorkerKill::to_json() const {
  if (!killed_) {
    throw TrialFailure("load",
                       fmt::format("there was no worker process to kill {} s into the window", at_s_));
  }
  return {{"kind", "kill worker"}, {"at_s", at_s_}, {"pid", *killed_}, {"workers", workers_}};
}

}  // namespace threadmill::harness
