#pragma once
// Trials one after the other, each kept in the result file as soon as it has ended.

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/process/event_loop.h"
#include "harness/runs/progress.h"
#include "harness/trial/trial.h"
#include "results/file/store.h"

namespace threadmill::harness {

/// Runs trials, appends their records and shows how far it is. While one exists, signals that interrupt are
/// taken by its event loop, so that a second Ctrl-C does not cut the tidying short. For one thread.
class TrialLoop {
 public:
  /// `trials` is how many there will be (or kUnknownTrials), for the progress line; records are numbered from
  /// `first_sequence`. `writer` must outlive it.
  TrialLoop(TrialSetting setting, results::ResultWriter& writer, std::size_t trials,
            std::size_t first_sequence = 0);

  /// Runs one trial, keeps its record and returns it. Throws Interrupted when nothing of it is left running;
  /// of an interrupted trial there is no record. Throws results::ResultError.
  nlohmann::json run(const Scenario& scenario, const Subject& subject, const Slot& slot);
  /// Keeps the record of a trial that cannot be tried, such as that of a program which is not installed.
  void keep_untried(const Subject& subject, const Slot& slot, const std::string& reason);

  /// A line of the progress that stays.
  void notice(const std::string& text) { progress_.notice(text); }

  /// Calls `work`, which runs the trials, then ends the file: with "complete" and the failed trials told, or,
  /// when a signal interrupts, with "interrupted" and how many trials are kept. Returns kDone, kFailed (a
  /// trial failed) or kInterrupted.
  int run_to_the_end(const std::function<void()>& work);

  /// "SCENARIO SUBJECT repeat 2" of each trial that failed.
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  void keep(const Slot& slot, const nlohmann::json& record);
  void tell_failures() const;

  TrialSetting setting_;
  results::ResultWriter& writer_;
  EventLoop loop_;
  Progress progress_;
  std::size_t sequence_;  // of the next trial, and how many the file has
  std::vector<std::string> failures_;
};

}  // namespace threadmill::harness
