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
  json header = {{"record", "header"},
                 {"schema_version", results::kSchemaVersion},
                 {"created", utc_now()},
                 {"tool", describe_tool(home)},
                 {"environment", describe_environment()},
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
  if (request.selftest) header["selftest"] = measure_generator(cpus);
  return header;
}

std::vector<json> scenario_records(const RunPlan& plan) {
  std::vector<json> records;
  for (const auto& scenario : plan.scenarios) {
    records.push_back(scenario.to_json());
    records.back()["record"] = "scenario";
  }
  return records;
}

int run_trials(const RunPlan& plan, const TrialSetting& setting, results::ResultWriter& writer) {
  TrialLoop trials(setting, writer, plan.slots.size() + plan.untried.size());
  return trials.run_to_the_end([&] {
    for (const auto& [slot, reason] : plan.untried) {
      trials.keep_untried(plan.subject(slot.subject), slot, reason);
    }
    for (const auto& slot : plan.slots) {
      trials.run(plan.scenario(slot.scenario), plan.subject(slot.subject), slot);
    }
  });
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
  const int code = run_trials(plan, {program("threadmill-load"), cpus, request.seed}, writer);
  os::pin_this_thread(allowed);
  if (code != kInterrupted && request.report) present_results(out);
  return code;
}

}  // namespace threadmill::harness
