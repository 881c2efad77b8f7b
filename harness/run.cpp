#include "harness/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "harness/child_process.h"
#include "harness/cpu_plan.h"
#include "harness/environment.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/present.h"
#include "harness/progress.h"
#include "harness/selftest.h"
#include "harness/trial.h"
#include "harness/trial_failure.h"
#include "harness/utc_time.h"
#include "results/store.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

fs::path choose_out_file(const RunRequest& request, const RunPlan& plan, const fs::path& home) {
  if (!request.out) {
    const auto folder = home / "results/runs";
    fs::create_directories(folder);
    return folder / fmt::format("{}-{}.jsonl", utc_stamp(), plan.name);
  }
  const auto folder = request.out->has_parent_path() ? request.out->parent_path() : fs::path(".");
  if (!fs::is_directory(folder)) {
    throw InputError(fmt::format("--out {}: there is no folder {}; create it first", request.out->string(),
                                 folder.string()));
  }
  if (::access(folder.c_str(), W_OK) != 0) {
    throw InputError(fmt::format("--out {}: the folder {} cannot be written; choose another",
                                 request.out->string(), folder.string()));
  }
  if (fs::exists(*request.out)) {
    throw InputError(
        fmt::format("--out {}: exists already; results are never overwritten: choose another name",
                    request.out->string()));
  }
  return *request.out;
}

// By name; null where the program does not tell.
json subject_versions(const RunPlan& plan) {
  json versions = json::object();
  for (const auto& subject : plan.subjects) {
    if (!subject.version.empty()) versions[subject.name] = first_line_of(subject.version);
  }
  return versions;
}

// What the load generator is worth on this machine goes beside its figures.
json measure_generator(const CpuPlan& cpus) {
  fmt::print(stderr, "measuring the load generator itself (threadmill selftest tells more)\n");
  EventLoop loop;
  try {
    return run_selftest(loop, cpus, SelftestLength::brief, [](const std::string&) {});
  } catch (const TrialFailure& failure) {
    fmt::print(stderr, "the self-test failed; the run goes on without its figures: {}\n", failure.what());
    return {{"failure", failure.what()}};
  }
}

json make_header(const RunRequest& request, const RunPlan& plan, const CpuPlan& cpus, const fs::path& home) {
  json names = json::array();
  for (const auto& subject : plan.subjects) names.push_back(subject.name);
  return {{"record", "header"},
          {"schema_version", results::kSchemaVersion},
          {"created", utc_now()},
          {"tool", describe_tool(home)},
          {"environment", describe_environment()},
          {"selftest", measure_generator(cpus)},
          {"run",
           {{"arguments", request.arguments},
            {"suite", plan.suite ? json(*plan.suite) : json(nullptr)},
            {"seed", request.seed},
            {"repeats", plan.repeats},
            {"subjects", names},
            {"subject_versions", subject_versions(plan)},
            {"server_cpus", cpus.server},
            {"generator_cpus", cpus.generator},
            {"order", kOrderDescription}}}};
}

std::vector<json> scenario_records(const RunPlan& plan) {
  std::vector<json> records;
  for (const auto& scenario : plan.scenarios) {
    records.push_back(scenario.to_json());
    records.back()["record"] = "scenario";
  }
  return records;
}

// Runs what is planned and appends each trial. Returns how many failed. Throws Interrupted.
class TrialLoop {
 public:
  TrialLoop(const RunPlan& plan, TrialSetting setting, results::ResultWriter& writer)
      : plan_(plan),
        setting_(std::move(setting)),
        writer_(writer),
        progress_(stderr, ::isatty(STDERR_FILENO) != 0, plan.slots.size() + plan.untried.size()) {}

  void run_all() {
    for (const auto& [slot, reason] : plan_.untried) {
      keep(slot, untried_record(plan_.subject(slot.subject), slot, sequence_, reason));
    }
    EventLoop loop;
    for (const auto& slot : plan_.slots) {
      progress_.trial_starts(slot);
      keep(slot, run_trial(loop, setting_, plan_.scenario(slot.scenario), plan_.subject(slot.subject), slot,
                           sequence_));
    }
    progress_.finish();
  }

  const std::vector<std::string>& failures() const { return failures_; }
  std::size_t kept() const { return sequence_; }
  void clear_line() { progress_.finish(); }

 private:
  void keep(const Slot& slot, const json& record) {
    writer_.append(record);
    ++sequence_;
    progress_.trial_ends(slot, record);
    if (record.at("outcome") == "failed") {
      failures_.push_back(fmt::format("{} {} repeat {}", slot.scenario, slot.subject, slot.repeat + 1));
    }
  }

  const RunPlan& plan_;
  TrialSetting setting_;
  results::ResultWriter& writer_;
  Progress progress_;
  std::size_t sequence_ = 0;
  std::vector<std::string> failures_;
};

void tell_failures(const std::vector<std::string>& failures) {
  if (failures.empty()) return;
  fmt::print(stderr, "{} trials failed:\n", failures.size());
  for (const auto& failure : failures) fmt::print(stderr, "  {}\n", failure);
}

int run_trials(TrialLoop& trials, results::ResultWriter& writer) {
  try {
    trials.run_all();
    writer.append({{"record", "end"}, {"outcome", "complete"}});
    return trials.failures().empty() ? kDone : kFailed;
  } catch (const Interrupted&) {
    kill_leftover_children();
    writer.append({{"record", "end"}, {"outcome", "interrupted"}});
    trials.clear_line();
    fmt::print(stderr, "interrupted; {} finished trials are kept in {}\n", trials.kept(),
               writer.path().string());
    return kInterrupted;
  }
}

}  // namespace

int run(const RunRequest& request) {
  const auto home = home_folder();
  const auto plan = make_run_plan(request, home, program("threadmill-server"));
  const auto allowed = os::allowed_cpus();
  const auto cpus = plan_cpus(read_cores(allowed));
  const auto out = choose_out_file(request, plan, home);
  become_guardian();
  results::ResultWriter writer(out, make_header(request, plan, cpus, home), scenario_records(plan));

  fmt::print(stderr, "{} trials, {}\nresults: {}\n", plan.slots.size(), cpus.describe(), out.string());
  for (const auto& notice : plan.notices) fmt::print(stderr, "{}\n", notice);
  os::pin_this_thread(cpus.generator);  // sampling must not disturb the server
  TrialLoop trials(plan, {program("threadmill-load"), cpus, request.seed, request.count_syscalls}, writer);
  const int code = run_trials(trials, writer);
  tell_failures(trials.failures());
  os::pin_this_thread(allowed);
  if (code != kInterrupted && request.report) present_results(out);
  return code;
}

}  // namespace threadmill::harness
