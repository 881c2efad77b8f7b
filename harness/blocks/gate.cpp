#include "harness/blocks/gate.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "harness/blocks/block_run.h"
#include "harness/blocks/gate_plan.h"
#include "harness/errors.h"
#include "harness/locations.h"

namespace threadmill::harness {
namespace {

using results::GateOutcome;
using results::GateReport;
using results::ResultFile;

results::GateOptions options_of(const GateRequest& request) {
  results::GateOptions options;
  options.max_regression = request.max_regression;
  options.metrics = request.metrics;
  options.scenarios = request.scenarios;
  options.subjects = request.models;
  return options;
}

ResultFile read(const std::filesystem::path& file, const char* option) {
  try {
    return results::read_result_file(file);
  } catch (const results::ResultError& error) {
    throw InputError(fmt::format("{}: {}", option, error.what()));
  }
}

ResultFile read_baseline(const GateRequest& request) {
  auto baseline = read(request.baseline, "--baseline");
  const auto problems = results::baseline_problems(baseline, options_of(request));
  if (problems.empty()) return baseline;
  throw InputError(
      fmt::format("--baseline {}: cannot be judged against: {}; record it again, or leave that out with "
                  "--models or --scenario",
                  request.baseline.string(), fmt::join(problems, "; ")));
}

constexpr std::size_t kMostReasons = 5;  // lines that somebody reads

// One line for each cell without a counterpart, at most kMostReasons.
std::string reasons_of(const GateReport& report) {
  std::vector<std::string> lines;
  for (const auto& cell : report.cells) {
    auto line = fmt::format("\n  {} in {}: {}", cell.subject, cell.scenario, cell.reason);
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
  }
  if (lines.size() > kMostReasons) {
    const auto left_out = lines.size() - kMostReasons + 1;
    lines.resize(kMostReasons - 1);
    lines.push_back(fmt::format("\n  and {} more", left_out));
  }
  return fmt::format("{}", fmt::join(lines, ""));
}

void require_cells(const GateReport& report) {
  const auto lonely = [](const results::GateCell& cell) { return cell.only_in_baseline; };
  if (!std::all_of(report.cells.begin(), report.cells.end(), lonely)) return;
  throw InputError(
      fmt::format("{} and {} have nothing in common that could be judged: no subject in the same scenario "
                  "with the same load; record the baseline again, or ask for what both have (--models, "
                  "--scenario, --metric){}",
                  report.baseline, report.candidate, reasons_of(report)));
}

using Judge = std::function<GateReport(const BlockRun&)>;

bool all_precise(const GateReport& report, double precision) {
  return std::all_of(report.cells.begin(), report.cells.end(), [&](const results::GateCell& cell) {
    const auto reached = cell.worsening ? results::precision_of(*cell.worsening) : std::nullopt;
    return reached && *reached <= precision;
  });
}

std::string progress_line(const GateReport& report, const BlockRun& so_far) {
  std::vector<std::string> cells;
  for (const auto& cell : report.cells) {
    if (cell.worsening)
      cells.push_back(
          fmt::format("{} in {} {:+.1f} %", cell.subject, cell.scenario, 100 * (cell.worsening->ratio - 1)));
  }
  return fmt::format("blocks: {}, {:.0f} s: worse by {}", so_far.blocks, so_far.took_s,
                     fmt::join(cells, ", "));
}

GateRun measure(const GateRequest& request, const GatePlan& plan, const Judge& judge) {
  const auto run = run_blocks(plan.blocks, [&](const BlockRun& so_far, std::string& line) {
    const auto report = judge(so_far);
    line = progress_line(report, so_far);
    // By precision, and never by significance: see ab.cpp.
    return report.cells.empty() || (request.precision && all_precise(report, *request.precision));
  });
  if (run.interrupted) return {{}, true};
  return {judge(run), false};
}

GateRun against_file(const GateRequest& request, const ResultFile& baseline) {
  const auto home = home_folder();
  const auto plan = plan_against_file(request, baseline, home);
  return measure(request, plan, [&](const BlockRun& run) {
    auto options = options_of(request);
    options.took_s = run.took_s;
    auto report = results::judge_files(baseline, run.file, options);
    report.candidate = plan.candidate;
    return report;
  });
}

GateRun against_program(const GateRequest& request) {
  const auto home = home_folder();
  const auto plan = plan_against_program(request, home);
  return measure(request, plan, [&](const BlockRun& run) {
    auto options = options_of(request);
    options.scenarios.clear();  // nothing else ran, and those asked for may be files
    options.took_s = run.took_s;
    auto report = results::judge_side_by_side(run.file, plan.pairs, options);
    report.baseline = plan.baseline;
    report.candidate = plan.candidate;
    return report;
  });
}

}  // namespace

int exit_code_of(GateOutcome outcome) {
  switch (outcome) {
    case GateOutcome::passed:
      return kDone;
    case GateOutcome::regression:
      return kRegression;
    case GateOutcome::inconclusive:
      return kInconclusive;
    case GateOutcome::invalid:
      break;
  }
  return kFailed;
}

GateRun gate(const GateRequest& request) {
  GateRun run;
  if (request.candidate) {
    const auto baseline = read_baseline(request);
    require_in_baseline(request, baseline);
    run.report = results::judge_files(baseline, read(*request.candidate, "--candidate"), options_of(request));
  } else if (is_server_program(request.baseline)) {
    run = against_program(request);
  } else {
    run = against_file(request, read_baseline(request));
  }
  if (!run.interrupted) require_cells(run.report);
  return run;
}

}  // namespace threadmill::harness
