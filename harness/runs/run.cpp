#include "harness/runs/run.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "harness/doctor/diagnosis.h"
#include "harness/errors.h"
#include "harness/host/host_link.h"
#include "harness/locations.h"
#include "harness/machine/cpu_plan.h"
#include "harness/primitives/primitives.h"
#include "harness/process/descendants.h"
#include "harness/runs/plan_text.h"
#include "harness/runs/present.h"
#include "harness/runs/result_start.h"
#include "harness/runs/trial_loop.h"
#include "harness/selftest/selftest.h"
#include "harness/trial/trial_network.h"
#include "harness/utc_time.h"
#include "results/file/store.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

// Of a server that is on another machine, the generator has all of this one.
struct Machines {
  CpuPlan cpus;
  std::optional<json> server_host;  // as in the header
};

// Asks the other machine, where there is one. Throws InputError where it cannot be reached.
Machines machines_of(const RunRequest& request) {
  if (!request.server_host.any()) return {plan_cpus(), std::nullopt};
  const auto facts = ask_host(request.server_host);
  CpuPlan cpus;
  cpus.server = facts.server_cpus;
  cpus.generator = os::allowed_cpus();
  return {cpus, json{{"name", request.server_host.name}, {"environment", facts.environment}}};
}

std::string describe(const CpuPlan& cpus, const RunRequest& request) {
  const auto& host = request.server_host;
  return cpus.describe() + (host.any() ? fmt::format(" (the server's are those of {})", host.name) : "");
}

RunFacts facts_of(const RunRequest& request, const RunPlan& plan, const Machines& machines) {
  RunFacts facts;
  facts.arguments = request.arguments;
  facts.suite = plan.suite;
  facts.study = plan.study;
  if (plan.study) facts.kind = "study";
  facts.seed = request.seed;
  facts.repeats = plan.repeats;
  facts.subjects = plan.subjects;
  facts.missing = plan.missing();
  facts.cpus = machines.cpus;
  facts.server_host = machines.server_host;
  facts.order = request.order;
  facts.load_hosts = request.load_hosts.names();
  return facts;
}

// What the cost model of the report takes: measured now, or kept of this machine. They are those of servers
// on it only.
std::optional<json> primitives_for(const RunRequest& request, const CpuPlan& cpus, const fs::path& home) {
  if (request.server_host.any()) return std::nullopt;
  if (!request.primitives) return kept_primitives(home);
  fmt::print(stderr, "measuring what pieces of work cost on this machine, for about half a minute\n");
  const auto primitives = measure_primitives(cpus);
  keep_primitives(primitives, home);
  return primitives;
}

// Only what the files of /proc and /sys tell: it must take no time.
void tell_problems_of_this_machine() {
  const auto problems = doctor::problems_of(doctor::diagnose(doctor::read_machine()));
  if (problems.empty()) return;
  fmt::print(stderr, "this machine has {} (threadmill doctor tells more): {}\n",
             problems.size() == 1 ? "a problem" : fmt::format("{} problems", problems.size()),
             fmt::join(problems, ", "));
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
  fmt::print(stderr, "{} trials, {}\nresults: {}\n", plan.slots.size(), describe(cpus, request),
             writer.path().string());
  for (const auto& notice : plan.notices) fmt::print(stderr, "{}\n", notice);
  const os::ThreadPin pin(cpus.generator);  // sampling must not disturb the server
  TrialLoop trials({program("threadmill-load"), cpus, request.seed, request.count_syscalls,
                    request.server_address, request.load_hosts, request.server_host},
                   writer, plan.slots.size() + plan.untried.size(), first_sequence);
  return trials.run_to_the_end([&] {
    for (const auto& [slot, reason] : plan.untried) {
      trials.keep_untried(plan.subject(slot.subject), slot, reason);
    }
    for (const auto& slot : plan.slots) {
      trials.run(plan.scenario(slot.scenario), plan.subject(slot.subject), slot);
    }
  });
}

int present(int code, const RunRequest& request, const fs::path& file) {
  if (code == kInterrupted) fmt::print(stderr, "go on with: threadmill run --resume {}\n", file.string());
  if (code != kInterrupted) present_results(file, request);
  return code;
}

}  // namespace

int run(const RunRequest& request) {
  const auto home = home_folder();
  const auto plan = make_run_plan(request, home, program("threadmill-server"));
  if (request.dry_run) {
    fmt::print("{}", plan_text(plan));
    if (const auto why = why_no_network(plan.scenarios)) fmt::print("  {}\n", *why);
    return kDone;
  }
  const auto out = choose_out_file(request.out, plan.name, home);
  tell_problems_of_this_machine();
  become_guardian();
  require_networks(plan.scenarios);
  const auto machines = machines_of(request);
  auto facts = facts_of(request, plan, machines);
  facts.primitives = primitives_for(request, machines.cpus, home);
  if (request.selftest) facts.selftest = brief_selftest(plan_cpus());
  results::ResultWriter writer(out, header_record(facts), scenario_records(plan.scenarios));
  return present(run_trials(plan, request, machines.cpus, writer, 0), request, out);
}

int resume(const RunRequest& request, BegunRun begun) {
  const auto home = home_folder();
  const auto whole = make_run_plan(request, home, program("threadmill-server"));
  require_same_run(whole, request.server_address, begun.file);
  become_guardian();
  require_networks(whole.scenarios);
  const auto machines = machines_of(request);
  begin_again(begun, header_record(facts_of(request, whole, machines)));
  const auto done = begun.file.trials.size();
  const auto failed = failed_trials(begun.file);
  fmt::print(stderr, "{} trials are done already, {} of them failed; they are not repeated\n", done, failed);
  const int code = run_trials(left_to_do(whole, begun.file), request, machines.cpus, begun.writer, done);
  return present(code == kDone && failed > 0 ? int{kFailed} : code, request, begun.writer.path());
}

}  // namespace threadmill::harness
