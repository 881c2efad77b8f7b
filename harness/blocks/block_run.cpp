#include "harness/blocks/block_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "harness/catalogue/named.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/process/child_process.h"
#include "harness/runs/progress.h"
#include "harness/runs/trial_loop.h"
#include "harness/trial/schedule.h"
#include "harness/trial/server_process.h"
#include "harness/trial/trial.h"
#include "harness/trial/trial_network.h"

namespace threadmill::harness {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<Slot> slots_of_block(const BlockPlan& plan, int block) {
  std::vector<ScheduledScenario> scheduled;
  for (const auto& scenario : plan.scenarios) scheduled.push_back({scenario.name, scenario.subjects});
  auto slots = schedule(scheduled, 2 * (block + 1), plan.seed, ScenarioOrder::mirrored);
  std::erase_if(slots, [&](const Slot& slot) { return slot.repeat < 2 * block; });
  return slots;
}

RunFacts facts_of(const BlockPlan& plan, const CpuPlan& cpus) {
  RunFacts facts;
  facts.kind = plan.kind;
  facts.arguments = plan.arguments;
  facts.seed = plan.seed;
  facts.subjects = plan.subjects;
  facts.cpus = cpus;
  facts.order = ScenarioOrder::mirrored;
  return facts;
}

// What a block takes, roughly; a scenario by number of messages counts as its trials' overhead alone.
double planned_block_s(const BlockPlan& plan) {
  double sum = 0;
  for (const auto& scenario : plan.scenarios)
    sum += 2 * (scenario.load_s() + kTrialOverhead_s) * static_cast<double>(scenario.subjects.size());
  return sum;
}

// Before anything is measured: what cannot be started is an error of the command line.
void check_that_all_start(const BlockPlan& plan, const CpuPlan& cpus) {
  EventLoop loop;
  for (const auto& scenario : plan.scenarios) {
    for (const auto& name : scenario.subjects) {
      ServerProcess server(loop, *find_named(plan.subjects, name), scenario.service, cpus.server, 0);
      try {
        server.start();
        server.stop();
      } catch (const TrialFailure& failure) {
        throw InputError(
            fmt::format("{} does not start to serve {}: {}", name, scenario.service, failure.what()));
      }
    }
  }
}

class Blocks {
 public:
  Blocks(const BlockPlan& plan, TrialLoop& trials, BlockRun& run, Clock::time_point start)
      : plan_(plan), trials_(trials), run_(run), start_(start) {}

  void run_until(const Enough& enough) {
    for (bool done = false; !done;) {
      run_one();
      std::string line;
      done = (is_due() && enough(run_, line)) || is_hopeless(run_) || !has_time_for_another();
      if (!line.empty()) trials_.notice(line);
    }
  }

 private:
  void run_one() {
    for (const Slot& slot : slots_of_block(plan_, static_cast<int>(run_.blocks))) {
      run_.file.trials.push_back(trials_.run(*find_named(plan_.scenarios, slot.scenario),
                                             *find_named(plan_.subjects, slot.subject), slot));
    }
    ++run_.blocks;
    run_.took_s = std::chrono::duration<double>(Clock::now() - start_).count();
  }

  /// Whoever is asked reads all blocks again: not after each of many, so that this takes little of the time.
  bool is_due() {
    if (!is_worth_asking(run_.blocks, asked_after_)) return false;
    asked_after_ = run_.blocks;
    return true;
  }

  bool has_time_for_another() const {
    return run_.took_s * (1 + 1 / static_cast<double>(run_.blocks)) <= plan_.time_s;
  }

  const BlockPlan& plan_;
  TrialLoop& trials_;
  BlockRun& run_;
  Clock::time_point start_;
  std::size_t asked_after_ = 0;
};

}  // namespace

bool is_worth_asking(std::size_t blocks, std::size_t asked_after) { return 10 * blocks >= 11 * asked_after; }

bool is_hopeless(const BlockRun& run) {
  if (run.blocks < kBlocksToGiveUp) return false;
  struct Count {
    std::size_t trials = 0, failed = 0;
  };
  std::map<std::pair<std::string, std::string>, Count> counts;
  for (const auto& trial : run.file.trials) {
    Count& count = counts[{trial.at("scenario"), trial.at("subject")}];
    ++count.trials;
    if (trial.at("outcome") == "failed") ++count.failed;
  }
  return std::any_of(counts.begin(), counts.end(),
                     [](const auto& entry) { return 2 * entry.second.failed >= entry.second.trials; });
}

void check_block_plan(const BlockPlan& plan) {
  for (const auto& subject : plan.subjects) {
    if (const auto why = why_missing(subject)) throw InputError(fmt::format("{}: {}", subject.name, *why));
  }
  const double block_s = planned_block_s(plan);
  const double least_s = kFewestBlocks * block_s;
  if (least_s <= plan.time_s) return;
  throw InputError(
      fmt::format("--time {:g}s: a block (each subject twice) takes {:.3g} s, and it takes {} blocks to tell "
                  "anything: give --time {:.0f}s or more, or fewer scenarios or models",
                  plan.time_s, block_s, kFewestBlocks, std::ceil(least_s)));
}

BlockRun run_blocks(const BlockPlan& plan, const Enough& enough) {
  const auto start = Clock::now();
  const auto cpus = plan_cpus();
  become_guardian();
  require_networks(plan.scenarios);
  check_that_all_start(plan, cpus);
  BlockRun run;
  run.file.path = plan.out;
  run.file.header = header_record(facts_of(plan, cpus));
  run.file.scenarios = scenario_records(plan.scenarios);
  results::ResultWriter writer(plan.out, run.file.header, run.file.scenarios);
  fmt::print(stderr, "{}\nresults: {}\n", cpus.describe(), plan.out.string());
  const os::ThreadPin pin(cpus.generator);  // sampling must not disturb the server
  TrialLoop trials({program("threadmill-load"), cpus, plan.seed}, writer, kUnknownTrials);
  const int code = trials.run_to_the_end([&] { Blocks(plan, trials, run, start).run_until(enough); });
  run.interrupted = code == kInterrupted;
  run.file.end_outcome = run.interrupted ? "interrupted" : "complete";
  return run;
}

}  // namespace threadmill::harness
