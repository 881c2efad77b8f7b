#include "harness/runs/trial_loop.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "harness/errors.h"
#include "harness/process/descendants.h"

namespace threadmill::harness {

TrialLoop::TrialLoop(TrialSetting setting, results::ResultWriter& writer, std::size_t trials,
                     std::size_t first_sequence)
    : setting_(std::move(setting)),
      writer_(writer),
      progress_(stderr, ::isatty(STDERR_FILENO) != 0, trials),
      sequence_(first_sequence) {}

nlohmann::json TrialLoop::run(const Scenario& scenario, const Subject& subject, const Slot& slot) {
  progress_.trial_starts(slot);
  auto record = run_trial(loop_, setting_, scenario, subject, slot, sequence_);
  keep(slot, record);
  return record;
}

void TrialLoop::keep_untried(const Subject& subject, const Slot& slot, const std::string& reason) {
  keep(slot, untried_record(subject, slot, sequence_, reason));
}

void TrialLoop::keep(const Slot& slot, const nlohmann::json& record) {
  writer_.append(record);
  ++sequence_;
  progress_.trial_ends(slot, record);
  if (record.at("outcome") == "failed") {
    failures_.push_back(fmt::format("{} {} repeat {}", slot.scenario, slot.subject, slot.repeat + 1));
  }
}

int TrialLoop::run_to_the_end(const std::function<void()>& work) {
  int code = kDone;
  try {
    work();
    writer_.append({{"record", "end"}, {"outcome", "complete"}});
    progress_.finish();
    code = failures_.empty() ? kDone : kFailed;
  } catch (const Interrupted&) {
    kill_leftover_children();
    writer_.append({{"record", "end"}, {"outcome", "interrupted"}});
    progress_.finish();
    fmt::print(stderr, "interrupted; {} finished trials are kept in {}\n", sequence_,
               writer_.path().string());
    code = kInterrupted;
  }
  tell_failures();
  return code;
}

void TrialLoop::tell_failures() const {
  if (failures_.empty()) return;
  fmt::print(stderr, "{} trials failed:\n", failures_.size());
  for (const auto& failure : failures_) fmt::print(stderr, "  {}\n", failure);
}

}  // namespace threadmill::harness
