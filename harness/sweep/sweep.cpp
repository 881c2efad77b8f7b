#include "harness/sweep/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <set>

#include "harness/errors.h"
#include "harness/locations.h"
#include "harness/machine/cpu_plan.h"
#include "harness/process/child_process.h"
#include "harness/runs/present.h"
#include "harness/runs/result_start.h"
#include "harness/runs/trial_loop.h"
#include "harness/selftest/selftest.h"
#include "harness/sweep/subject_searches.h"
#include "harness/trial/trial_network.h"
#include "results/file/store.h"
#include "results/sweep/probe.h"
#include "results/trial/load_kind.h"
#include "results/trial/trial.h"

namespace threadmill::harness {
namespace {

using nlohmann::json;
using results::Level;

constexpr int kDefaultSearches = 3;

results::SearchRange default_range(SweepOver over) {
  return over == SweepOver::rate ? results::SearchRange{1'000, 10'000'000}
                                 : results::SearchRange{10, 100'000};
}

results::SearchRange range_of(const SweepRequest& request) {
  auto range = default_range(request.over);
  range.from = request.from.value_or(std::min(range.from, request.to.value_or(range.from)));
  range.to = request.to.value_or(std::max(range.to, range.from));
  range.precision = request.precision;
  if (range.from > range.to) {
    throw InputError(fmt::format("--from {} is above --to {}; a sweep goes upwards", range.from, range.to));
  }
  return range;
}

/// What is due at the end of a trial may be answered after it, as late as the service level allows, and
/// nobody can say whether it was: that has to be little of the whole.
void check_length(const Scenario& scenario, const results::ServiceLevel& service_level) {
  constexpr double most_share = 0.05;
  const double longest_s = static_cast<double>(service_level.longest_ns()) / 1e9;
  const double duration_s = scenario.load.at("stop").value("duration_s", 0.0);
  if (!results::kind_of_load(scenario.load).open || longest_s <= most_share * duration_s) return;
  throw InputError(
      fmt::format("--slo {}: trials of {:g} s are too short to tell that; give --duration {:g}s or more",
                  service_level.text(), duration_s, std::ceil(longest_s / most_share)));
}

/// The one scenario, with its subjects, and its levels known to be possible.
RunPlan make_sweep_plan(const SweepRequest& request, const results::SearchRange& range,
                        const std::filesystem::path& home) {
  auto run = request.run;
  run.repeats = run.repeats.value_or(kDefaultSearches);
  auto plan = make_run_plan(run, home, program("threadmill-server"));
  if (plan.suite) throw InputError(fmt::format("sweep takes one scenario, not the suite '{}'", *plan.suite));
  for (const Level level : {range.from, range.to}) at_level(plan.scenarios.front(), request.over, level);
  check_length(at_level(plan.scenarios.front(), request.over, range.from), request.service_level);
  return plan;
}

/// One subject's part in the sweep.
struct Contender {
  const Subject* subject;
  SubjectSearches searches;
};

/// Probes levels as the searches ask for them, and keeps each in the result file.
class SweepLoop {
 public:
  SweepLoop(const SweepRequest& request, const RunPlan& plan, const results::SearchRange& range,
            TrialSetting setting, results::ResultWriter& writer)
      : request_(request),
        base_(plan.scenarios.front()),
        range_(range),
        writer_(writer),
        server_cpus_(setting.cpus.shared ? 0 : setting.cpus.server.size()),
        trials_(std::move(setting), writer, kUnknownTrials) {
    for (const auto& [slot, reason] : plan.untried)
      untried_.emplace_back(&plan.subject(slot.subject), reason);
    for (const auto& subject : plan.subjects) {
      if (!is_untried(subject))
        contenders_.push_back({&subject, {range, plan.repeats, request.run.seed + contenders_.size()}});
    }
  }

  int run() {
    const int code = trials_.run_to_the_end([this] { search(); });
    if (code == kInterrupted) return code;
    const auto any = [&](bool (*is)(const Contender&)) {
      return std::any_of(contenders_.begin(), contenders_.end(), is);
    };
    if (!untried_.empty() || any([](const Contender& one) { return one.searches.is_broken(); }))
      return kFailed;
    return any([](const Contender& one) { return !one.searches.knows_something(); }) ? kInconclusive : kDone;
  }

 private:
  bool is_untried(const Subject& subject) const {
    return std::any_of(untried_.begin(), untried_.end(), [&](const auto& u) { return u.first == &subject; });
  }

  void search() {
    for (const auto& [subject, reason] : untried_) {
      trials_.keep_untried(*subject, {level_scenario(range_.from).name, subject->name, 0}, reason);
    }
    bool going_on = true;
    for (std::size_t step = 0; going_on; ++step) {
      going_on = false;
      for (const std::size_t index : order_of_step(contenders_.size(), step, request_.run.seed)) {
        if (is_time_up()) return;
        going_on |= probe_next(contenders_[index]);
      }
    }
  }

  /// Whether there was anything to probe.
  bool probe_next(Contender& contender) {
    const auto step = contender.searches.next();
    if (!step) return false;
    const Scenario scenario = level_scenario(step->level);
    const auto record =
        trials_.run(scenario, *contender.subject, {scenario.name, contender.subject->name, step->repeat});
    const auto kind = results::kind_of_load(scenario.load);
    const auto verdict =
        judge_probe(record, results::derive_trial(record, server_cpus_),
                    {request_.service_level, kind.main_latency, kind.open, request_.max_errors});
    if (!verdict.reason.empty())
      trials_.notice(fmt::format("  {} at {}: {}", contender.subject->name, step->level, verdict.reason));
    contender.searches.observe(verdict);
    return true;
  }

  /// The scenario at this level, which the result file knows from then on.
  Scenario level_scenario(Level level) {
    auto scenario = at_level(base_, request_.over, level);
    if (!known_.insert(level).second) return scenario;
    auto record = scenario.to_json();
    record["record"] = "scenario";
    record["sweep"] = {{"of", base_.name},
                       {"over", to_text(request_.over)},
                       {"level", level},
                       {"slo", request_.service_level.text()},
                       {"max_errors", request_.max_errors},
                       {"from", range_.from},
                       {"to", range_.to},
                       {"precision", range_.precision}};
    writer_.append(record);
    return scenario;
  }

  bool is_time_up() {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
    if (!request_.time_limit_s || spent.count() < *request_.time_limit_s) return false;
    trials_.notice(fmt::format("--time {:g}s is over; what is known by now is told", *request_.time_limit_s));
    return true;
  }

  const SweepRequest& request_;
  const Scenario& base_;
  results::SearchRange range_;
  results::ResultWriter& writer_;
  std::size_t server_cpus_;
  TrialLoop trials_;
  std::vector<std::pair<const Subject*, std::string>> untried_;
  std::vector<Contender> contenders_;
  std::set<Level> known_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

RunFacts facts_of(const SweepRequest& request, const RunPlan& plan, const CpuPlan& cpus) {
  RunFacts facts;
  facts.kind = "sweep";
  facts.arguments = request.run.arguments;
  facts.seed = request.run.seed;
  facts.repeats = plan.repeats;
  facts.subjects = plan.subjects;
  facts.missing = plan.missing();
  facts.cpus = cpus;
  facts.selftest = brief_selftest(cpus);
  return facts;
}

}  // namespace

int sweep(const SweepRequest& request) {
  const auto home = home_folder();
  const auto range = range_of(request);
  const auto plan = make_sweep_plan(request, range, home);
  const auto cpus = plan_cpus();
  const auto out = choose_out_file(request.run.out, "sweep-" + plan.name, home);
  become_guardian();
  require_networks(plan.scenarios);
  results::ResultWriter writer(out, header_record(facts_of(request, plan, cpus)), {});

  fmt::print(stderr, "{} {} to {}, {}, {} searches of each model, {}\nresults: {}\n", to_text(request.over),
             range.from, range.to, request.service_level.text(), plan.repeats, cpus.describe(), out.string());
  for (const auto& notice : plan.notices) fmt::print(stderr, "{}\n", notice);
  const int code = [&] {
    const os::ThreadPin pin(cpus.generator);  // sampling must not disturb the server
    return SweepLoop(request, plan, range, {program("threadmill-load"), cpus, request.run.seed}, writer)
        .run();
  }();
  if (code != kInterrupted) present_results(out, request.run);
  return code;
}

}  // namespace threadmill::harness
