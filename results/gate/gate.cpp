#include "results/gate/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "results/comparison/cell.h"
#include "results/comparison/comparison.h"
#include "results/comparison/counterparts.h"
#include "results/gate/gate_cells.h"
#include "results/gate/gate_decision.h"
#include "results/gate/gate_warnings.h"

namespace threadmill::results {
namespace {

bool wanted(const std::vector<std::string>& only, const std::string& name) {
  return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
}

/// The yardsticks that the judgement can lean on: both or none.
void add_yardsticks(GateSides& sides, const ScenarioComparison& scenario) {
  const Row* before = find_row(scenario, 0, ceiling_subject);
  const Row* after = find_row(scenario, 1, ceiling_subject);
  if (before == nullptr || after == nullptr || !is_comparable(*before) || !is_comparable(*after)) return;
  sides.baseline_yardstick = before;
  sides.candidate_yardstick = after;
}

GateReport make_report(std::vector<MeasuredCell> cells, const Comparison& comparison,
                       const GateOptions& options) {
  decide_cells(cells, options);
  GateReport report;
  report.max_regression = options.max_regression;
  report.took_s = options.took_s;
  warn_of_runs(report, comparison);
  for (MeasuredCell& measured : cells) {
    warn_of_no_yardstick(report, measured);
    report.cells.push_back(std::move(measured.cell));
  }
  return report;
}

/// The subjects of the first run that are to be judged.
std::vector<const Row*> baseline_rows(const ScenarioComparison& scenario, const GateOptions& options) {
  std::vector<const Row*> rows;
  if (!wanted(options.scenarios, scenario.name)) return rows;
  for (const Row& row : scenario.rows) {
    if (row.run == 0 && !row.ceiling && wanted(options.subjects, row.subject)) rows.push_back(&row);
  }
  return rows;
}

}  // namespace

GateOutcome GateReport::outcome() const {
  if (cells.empty()) return GateOutcome::inconclusive;  // nothing was judged, so nothing passed
  for (const GateOutcome worst : {GateOutcome::invalid, GateOutcome::regression, GateOutcome::inconclusive}) {
    const auto has = [&](const GateCell& cell) { return cell.outcome == worst; };
    if (std::any_of(cells.begin(), cells.end(), has)) return worst;
  }
  return GateOutcome::passed;
}

std::string_view gate_outcome_name(GateOutcome outcome) {
  switch (outcome) {
    case GateOutcome::passed:
      return "passed";
    case GateOutcome::regression:
      return "regression";
    case GateOutcome::inconclusive:
      return "inconclusive";
    case GateOutcome::invalid:
      break;
  }
  return "invalid";
}

std::string_view gate_doubt_name(GateDoubt doubt) {
  constexpr std::array<std::string_view, 3> names = {"samples", "yardstick", "figures"};
  return names[static_cast<std::size_t>(doubt)];
}

GateReport judge_files(const ResultFile& baseline, const ResultFile& candidate, const GateOptions& options) {
  const Comparison comparison = compare({baseline, candidate});
  std::vector<MeasuredCell> cells;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    for (const Row* row : baseline_rows(scenario, options)) {
      GateSides sides{row, find_row(scenario, 1, row->subject)};
      if (sides.candidate == nullptr) {
        add_lonely_cells(cells, scenario, *row, why_no_counterpart(comparison, scenario, 1), options);
        continue;
      }
      add_yardsticks(sides, scenario);
      add_cells(cells, scenario, sides, options);
    }
  }
  GateReport report = make_report(std::move(cells), comparison, options);
  report.baseline = baseline.path.filename().string();
  report.candidate = candidate.path.filename().string();
  warn_of_differences(report, baseline, candidate);
  return report;
}

GateReport judge_side_by_side(const ResultFile& file, const std::vector<GatePair>& pairs,
                              const GateOptions& options) {
  const Comparison comparison = compare({file});
  std::vector<MeasuredCell> cells;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    if (!wanted(options.scenarios, scenario.name)) continue;
    for (const GatePair& pair : pairs) {
      GateSides sides{find_row(scenario, 0, pair.baseline), find_row(scenario, 0, pair.candidate)};
      sides.paired = true;
      if (sides.baseline != nullptr && sides.candidate != nullptr) add_cells(cells, scenario, sides, options);
    }
  }
  return make_report(std::move(cells), comparison, options);
}

std::vector<std::string> baseline_problems(const ResultFile& baseline, const GateOptions& options) {
  const Comparison comparison = compare({baseline});
  std::vector<std::string> problems;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    for (const Row* row : baseline_rows(scenario, options)) {
      const CellVerdict verdict = judge_cell(*row);
      if (verdict.state == CellState::invalid)
        problems.push_back(fmt::format("{} in {}: {}", row->subject, scenario.name, verdict.reason));
    }
  }
  return problems;
}

}  // namespace threadmill::results
