#include "harness/trial/staged_fault.h"

#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/network/namespace_pair.h"
#include "harness/process/process_clock.h"
#include "harness/process/process_tree.h"
#include "harness/trial/journal_folder.h"
#include "harness/trial/server_process.h"
#include "harness/trial/trial_failure.h"
#include "os/clock.h"

namespace threadmill::harness {
namespace {

constexpr std::chrono::milliseconds kEndingInterval{5};

}  // namespace

/// Once.
EventLoop::Handle StagedFault::later(double delay_s, Step step) {
  const auto after =
      std::chrono::duration_cast<EventLoop::Clock::duration>(std::chrono::duration<double>(delay_s));
  return loop_.repeat(after, [this, step, due = true]() mutable -> EventLoop::Clock::duration {
    if (std::exchange(due, false)) guarded(step);
    return std::chrono::hours(1);
  });
}

void StagedFault::begin() { strike_ = later(plan_.at_s, &StagedFault::strike); }

/// In a handler of the loop, where nobody catches: told by to_json().
void StagedFault::guarded(Step step) try { (this->*step)(); } catch (const std::exception& error) {
  failure_ = error.what();
}

void StagedFault::strike() {
  if (targets_.server.has_supervisor() && is_done_to_processes()) victim_ = targets_.server.victim();
  struck_ns_ = os::monotonic_ns();
  switch (plan_.kind) {
    case FaultKind::kill_worker:
      return kill_busiest_worker();
    case FaultKind::kill:
      kill_server();
      break;
    case FaultKind::restart:
      return ask_to_end();
    case FaultKind::stop:
      stopped_ = process_tree(victim_ > 0 ? victim_ : targets_.server.pid());
      signal_processes(SIGSTOP);
      break;
    case FaultKind::partition:
      targets_.network->cut(loop_);
      break;
    case FaultKind::full_disk:
      targets_.journal->fill();
      break;
  }
  if (!is_for_us_to_mend()) return;
  mend_ = later(plan_.for_s, &StagedFault::mend);
}

void StagedFault::mend() {
  switch (plan_.kind) {
    case FaultKind::kill_worker:
    case FaultKind::restart:
      return;
    case FaultKind::kill:
      targets_.server.start_again();
      break;
    case FaultKind::stop:
      signal_processes(SIGCONT);
      break;
    case FaultKind::partition:
      targets_.network->join(loop_);
      break;
    case FaultKind::full_disk:
      targets_.journal->empty();
      start_if_ended();
      break;
  }
  mended_ns_ = os::monotonic_ns();
}

/// The one that has used most CPU time: a worker that stands idle would be missed by nobody.
void StagedFault::kill_busiest_worker() {
  std::vector<pid_t> workers;
  append_children(workers, targets_.server.pid());
  workers_ = workers.size();
  std::int64_t most_ns = -1;
  for (const pid_t worker : workers) {
    const auto used_ns = process_cpu_ns(worker).value_or(0);
    if (used_ns <= most_ns) continue;
    most_ns = used_ns;
    victim_ = worker;
  }
  if (victim_ == 0) throw TrialFailure("load", "there was no worker process to kill");
  ::kill(victim_, SIGKILL);
}

/// The processes that its supervisor names, where it has one.
bool StagedFault::is_done_to_processes() const {
  return plan_.kind == FaultKind::kill || plan_.kind == FaultKind::restart || plan_.kind == FaultKind::stop;
}

/// What a supervisor starts again, it starts in its own time.
bool StagedFault::is_for_us_to_mend() const {
  const bool ends = plan_.kind == FaultKind::kill || plan_.kind == FaultKind::restart;
  return plan_.kind != FaultKind::kill_worker && !(ends && victim_ > 0);
}

void StagedFault::kill_server() {
  if (victim_ > 0) {
    ::kill(victim_, SIGKILL);
  } else {
    targets_.server.kill();
  }
}

void StagedFault::ask_to_end() {
  if (victim_ > 0) {
    ::kill(victim_, SIGTERM);
    return;
  }
  targets_.server.ask_to_end();
  mend_ = loop_.repeat(kEndingInterval, [this]() -> EventLoop::Clock::duration {
    if (mended_ns_ == 0) guarded(&StagedFault::start_when_ended);
    return kEndingInterval;
  });
}

void StagedFault::start_when_ended() {
  if (!targets_.server.has_exited()) return;
  mended_ns_ = os::monotonic_ns();
  targets_.server.start_again();
}

/// A server that cannot keep what it confirms may rather end.
void StagedFault::start_if_ended() {
  if (!targets_.server.has_exited()) return;
  ended_ = targets_.server.describe_exit();
  targets_.server.start_again();
}

void StagedFault::signal_processes(int signal) {
  for (const pid_t process : stopped_) ::kill(process, signal);
}

nlohmann::json StagedFault::to_json() const {
  if (!failure_.empty())
    throw TrialFailure("load", fmt::format("the fault \"{}\" failed: {}", word_for(plan_.kind), failure_));
  if (struck_ns_ == 0)
    throw TrialFailure("load", fmt::format("the load ended before {} s of its window, when the "
                                           "fault was to come",
                                           plan_.at_s));
  if (mended_ns_ == 0 && is_for_us_to_mend())
    throw TrialFailure(
        "load",
        fmt::format("the fault \"{}\" was not over when the load ended{}", word_for(plan_.kind),
                    plan_.kind == FaultKind::restart ? ": the server was asked to end, and had not" : ""));
  nlohmann::json json = {{"kind", word_for(plan_.kind)}, {"at_s", plan_.at_s}, {"struck_ns", struck_ns_}};
  if (plan_.for_s > 0 && is_for_us_to_mend()) json["for_s"] = plan_.for_s;
  if (mended_ns_ > 0) json["mended_ns"] = mended_ns_;
  if (victim_ > 0) json["pid"] = victim_;
  if (!ended_.empty()) json["ended"] = ended_;
  if (workers_ > 0) json["workers"] = workers_;
  return json;
}

}  // namespace threadmill::harness
