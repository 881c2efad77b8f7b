#include "harness/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "harness/child_process.h"
#include "harness/cpu_plan.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/present.h"
#include "harness/result_start.h"
#include "harness/selftest.h"
#include "harness/trial_loop.h"
#include "results/store.h"

namespace threadmill::harness {
namespace {

RunFacts facts_of(const RunRequest& request, const RunPlan& plan, const CpuPlan& cpus) {
  RunFacts facts;
  facts.arguments = request.arguments;
  facts.suite = plan.suite;
  facts.seed = request.seed;
  facts.repeats = plan.repeats;
  facts.subjects = plan.subjects;
  facts.cpus = cpus;
  facts.selftest = brief_selftest(cpus);
  return facts;
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
  const auto out = choose_out_file(request.out, plan.name, home);
  become_guardian();
  results::ResultWriter writer(out, header_record(facts_of(request, plan, cpus), home),
                               scenario_records(plan.scenarios));

  fmt::print(stderr, "{} trials, {}\nresults: {}\n", plan.slots.size(), cpus.describe(), out.string());
  for (const auto& notice : plan.notices) fmt::print(stderr, "{}\n", notice);
  os::pin_this_thread(cpus.generator);  // sampling must not disturb the server
  const int code =
      run_trials(plan, {program("threadmill-load"), cpus, request.seed, request.count_syscalls}, writer);
  os::pin_this_thread(allowed);
  if (code != kInterrupted && request.report) present_results(out);
  return code;
}

}  // namespace threadmill::harness
