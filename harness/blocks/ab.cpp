#include "harness/blocks/ab.h"

#include <fmt/format.h>

#include "harness/blocks/block_run.h"
#include "harness/blocks/side.h"
#include "harness/errors.h"
#include "harness/json_output.h"
#include "harness/locations.h"
#include "plots/difference/ab_text.h"
#include "results/gate/ab.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

std::vector<Subject> sides_of(const AbRequest& request, const fs::path& home) {
  const auto known = known_subjects(program("threadmill-server"), home, request.subject_folders);
  std::vector<Subject> sides{parse_side(request.a, known, "--a"), parse_side(request.b, known, "--b")};
  tell_apart(sides[0], sides[1]);
  return sides;
}

BlockPlan plan_of(const AbRequest& request, const fs::path& home) {
  BlockPlan plan;
  plan.kind = "ab";
  plan.arguments = request.arguments;
  plan.seed = request.seed;
  plan.time_s = request.time_s;
  plan.subjects = sides_of(request, home);
  auto scenario = find_scenario(request.scenario, home / "harness/scenarios");
  scenario.subjects.clear();
  for (const auto& side : plan.subjects) {
    require_service(side, scenario);
    scenario.subjects.push_back(side.name);
  }
  plan.scenarios = {std::move(scenario)};
  check_block_plan(plan);
  plan.out = choose_out_file(request.out, "ab-" + plan.scenarios.front().name, home);
  return plan;
}

// Whether the sides can be compared, and yet by none of the metrics.
bool has_no_metric(const results::AbReport& report) {
  return report.problem.empty() && report.metrics.empty();
}

}  // namespace

int ab(const AbRequest& request) {
  const auto home = home_folder();
  const auto plan = plan_of(request, home);
  const auto judge = [&](const BlockRun& run) {
    auto report = results::judge_ab(run.file, plan.subjects[0].name, plan.subjects[1].name, request.metrics,
                                    request.precision);
    report.took_s = run.took_s;
    return report;
  };
  // It ends at a precision, never at a significance: whoever looks after each block and stops at the first
  // p below 0.05 finds a difference, sooner or later, where there is none. How tight the interval is says
  // nothing about where it lies.
  const auto run = run_blocks(plan, [&](const BlockRun& so_far, std::string& line) {
    const auto report = judge(so_far);
    line = plots::ab_progress_line(report, so_far.blocks, so_far.took_s);
    return report.precise_enough || has_no_metric(report);
  });
  if (run.interrupted) return kInterrupted;
  const auto report = judge(run);
  if (has_no_metric(report))
    throw InputError(
        fmt::format("--metric: no trial of {} has any of those metrics; see the columns of a report of it",
                    plan.scenarios.front().name));
  if (request.as_json) {
    print_json(plots::ab_json(report));
  } else {
    fmt::print("{}", plots::ab_text(report));
  }
  if (!report.problem.empty()) return kFailed;
  if (report.precise_enough) return kDone;
  fmt::print(stderr,
             "threadmill: the time was up before the ratio was as precise as {:g} %; give more --time, "
             "or a larger --precision\n",
             100 * request.precision);
  return kInconclusive;
}

}  // namespace threadmill::harness
