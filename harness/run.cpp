#include "harness/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "harness/child_process.h"
#include "harness/cpu_plan.h"
#include "harness/environment.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/present.h"
#include "harness/selftest.h"
#include "harness/trial_failure.h"
#include "harness/trial_loop.h"
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
            {"missing", plan.missing()},
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

// The facts that should be those of the header.
json facts_of_now(const RunPlan& plan, const CpuPlan& cpus, const fs::path& home) {
  return {{"tool", describe_tool(home)},
          {"environment", describe_environment()},
          {"run",
           {{"subject_versions", subject_versions(plan)},
            {"server_cpus", cpus.server},
            {"generator_cpus", cpus.generator}}}};
}

// What is torn is cut off, and the file says from where on it was gone on with.
void begin_again(BegunRun& begun, const json& now) {
  const auto path = begun.writer.path().string();
  for (const auto& warning : begun.file.warnings) fmt::print(stderr, "{}\n", warning);
  begun.writer.cut_to(begun.file.whole_bytes);
  json record = {{"record", "resume"}, {"created", utc_now()}, {"tool", now.at("tool")}};
  const auto changed = differences(begun.file.header, now);
  for (const auto& change : changed) {
    fmt::print(stderr, "threadmill: warning: {}: not as when the run began: {}\n", path, change);
  }
  if (!changed.empty()) record["differences"] = changed;
  begun.writer.append(record);
}

std::size_t failed_trials(const results::ResultFile& file) {
  return static_cast<std::size_t>(
      std::count_if(file.trials.begin(), file.trials.end(),
                    [](const json& trial) { return trial.value("outcome", "") == "failed"; }));
}

// The trials of `plan` on their CPUs, then their report. Returns the exit code.
int run_trials(const RunPlan& plan, const RunRequest& request, const CpuPlan& cpus,
               results::ResultWriter& writer, std::size_t first_sequence) {
  fmt::print(stderr, "{} trials, {}\nresults: {}\n", plan.slots.size(), cpus.describe(),
             writer.path().string());
  for (const auto& notice : plan.notices) fmt::print(stderr, "{}\n", notice);
  const auto allowed = os::allowed_cpus();
  os::pin_this_thread(cpus.generator);  // sampling must not disturb the server
  TrialLoop trials({program("threadmill-load"), cpus, request.seed}, writer,
                   plan.slots.size() + plan.untried.size(), first_sequence);
  const int code = trials.run_to_the_end([&] {
    for (const auto& [slot, reason] : plan.untried) {
      trials.keep_untried(plan.subject(slot.subject), slot, reason);
    }
    for (const auto& slot : plan.slots) {
      trials.run(plan.scenario(slot.scenario), plan.subject(slot.subject), slot);
    }
  });
  os::pin_this_thread(allowed);
  return code;
}

int present(int code, const RunRequest& request, const fs::path& file) {
  if (code == kInterrupted) fmt::print(stderr, "go on with: threadmill run --resume {}\n", file.string());
  if (code != kInterrupted && request.report) present_results(file);
  return code;
}

}  // namespace

int run(const RunRequest& request) {
  const auto home = home_folder();
  const auto plan = make_run_plan(request, home, program("threadmill-server"));
  const auto cpus = plan_cpus(read_cores(os::allowed_cpus()));
  const auto out = choose_out_file(request, plan, home);
  become_guardian();
  results::ResultWriter writer(out, make_header(request, plan, cpus, home), scenario_records(plan));
  return present(run_trials(plan, request, cpus, writer, 0), request, out);
}

int resume(const RunRequest& request, BegunRun begun) {
  const auto home = home_folder();
  const auto whole = make_run_plan(request, home, program("threadmill-server"));
  require_same_run(whole, begun.file);
  const auto cpus = plan_cpus(read_cores(os::allowed_cpus()));
  become_guardian();
  begin_again(begun, facts_of_now(whole, cpus, home));
  const auto done = begun.file.trials.size();
  const auto failed = failed_trials(begun.file);
  fmt::print(stderr, "{} trials are done already, {} of them failed; they are not repeated\n", done, failed);
  const int code = run_trials(left_to_do(whole, begun.file), request, cpus, begun.writer, done);
  return present(code == kDone && failed > 0 ? int{kFailed} : code, request, begun.writer.path());
}

}  // namespace threadmill::harness
