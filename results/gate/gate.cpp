#include "results/gate/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "results/comparison/cell.h"
#include "results/comparison/comparison.h"
#include "results/comparison/counterparts.h"
#include "results/file/environment_difference.h"
#include "results/gate/gate_decision.h"
#include "results/statistics/multiple_tests.h"

namespace threadmill::results {
namespace {

bool wanted(const std::vector<std::string>& only, const std::string& name) {
  return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
}

std::vector<Metric> metrics_of(const ScenarioComparison& scenario, const GateOptions& options) {
  if (!options.metrics.empty()) return options.metrics;
  return {scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request};
}

/// What a cell is made of.
struct Sides {
  const Row* baseline = nullptr;
  const Row* candidate = nullptr;
  const Row* baseline_yardstick = nullptr;  ///< both or none
  const Row* candidate_yardstick = nullptr;
  bool paired = false;  ///< both ran in the same blocks
};

/// As "worse" goes: inverted where more is better. The first count stays that of the candidate's blocks.
Contrast in_direction(const Contrast& contrast, Metric metric) {
  if (traits_of(metric).better != Better::more) return contrast;
  Contrast turned = inverse(contrast);
  if (turned.ratio) std::swap(turned.ratio->first_count, turned.ratio->second_count);
  return turned;
}

BlockSamples blocks(const Row& row, const Row* yardstick, Metric metric) {
  const ByRepeat values = values_by_repeat(row, metric);
  return blocks_of(yardstick == nullptr ? values
                                        : ratios_by_repeat(values, values_by_repeat(*yardstick, metric)));
}

/// The yardstick is a server's work for a request: what it says of the machine is said of CPU time.
bool is_cpu_time(Metric metric) {
  constexpr std::array of_cpu = {Metric::cpu_us_per_request, Metric::cpu_us_per_delivery,
                                 Metric::user_cpu_us_per_request, Metric::system_cpu_us_per_request};
  return std::find(of_cpu.begin(), of_cpu.end(), metric) != of_cpu.end();
}

/// Whether each valid trial has a value above 0: there is no proportion to 0.
bool measures(const Row& yardstick, Metric metric) {
  return std::all_of(yardstick.trials.begin(), yardstick.trials.end(), [&](const Trial& trial) {
    return !trial.valid() || trial.values[metric].value_or(0) > 0;
  });
}

/// Without the yardsticks where they say nothing about the metric.
Sides by_metric(Sides sides, Metric metric) {
  if (sides.baseline_yardstick == nullptr) return sides;
  if (is_cpu_time(metric) && measures(*sides.baseline_yardstick, metric) &&
      measures(*sides.candidate_yardstick, metric))
    return sides;
  sides.baseline_yardstick = sides.candidate_yardstick = nullptr;
  return sides;
}

/// Why two runs without a yardstick cannot be told from what the machine did meanwhile; "" where they can.
std::string what_disturbed(const Sides& sides) {
  if (sides.paired || sides.baseline_yardstick != nullptr) return "";
  for (const auto& [row, name] : {std::pair(sides.baseline, "baseline"), {sides.candidate, "candidate"}}) {
    const auto disturbed = std::count_if(row->trials.begin(), row->trials.end(),
                                         [](const Trial& trial) { return !trial.disturbances.empty(); });
    if (2 * static_cast<std::size_t>(disturbed) <= row->trials.size()) continue;
    return fmt::format(
        "{} of {} trials of the {} were disturbed, and there is no yardstick to tell what that changed; "
        "measure on a quieter machine, or run both builds side by side: --baseline PROGRAM.",
        disturbed, row->trials.size(), name);
  }
  return "";
}

Contrast contrast_of(const Sides& sides, Metric metric) {
  if (sides.paired) {
    return contrast_of_pairs(ratios_by_repeat(values_by_repeat(*sides.candidate, metric),
                                              values_by_repeat(*sides.baseline, metric)));
  }
  const BlockSamples baseline = blocks(*sides.baseline, sides.baseline_yardstick, metric);
  const BlockSamples candidate = blocks(*sides.candidate, sides.candidate_yardstick, metric);
  return contrast_of_samples(baseline, candidate);
}

/// A cell between measuring and the decision, which needs all cells.
struct Measured {
  GateCell cell;
  Contrast worsening;
  std::string undecidable;       ///< why nothing can be decided, whatever was measured; "" where it can
  bool lacks_yardstick = false;  ///< two runs by CPU time, of which one or both have no yardstick for it
};

std::optional<std::string> why_invalid(const Sides& sides) {
  for (const auto& [row, name] : {std::pair(sides.baseline, "Baseline"), {sides.candidate, "Candidate"}}) {
    const CellVerdict verdict = judge_cell(*row);
    if (verdict.state == CellState::invalid) return fmt::format("{}: {}.", name, verdict.reason);
  }
  return std::nullopt;
}

/// "Baseline: the load generator was the limit."
std::string what_spoils(const Sides& sides, Metric metric) {
  for (const auto& [row, name] : {std::pair(sides.baseline, "Baseline"), {sides.candidate, "Candidate"}}) {
    const std::string reason = what_spoils(*row, metric);
    if (!reason.empty()) return fmt::format("{}: {}.", name, reason);
  }
  return "";
}

Measured measure(const Sides& sides, Metric metric) {
  Measured measured;
  GateCell& cell = measured.cell;
  cell.metric = metric;
  cell.baseline = sides.baseline->spreads[metric];
  cell.candidate = sides.candidate->spreads[metric];
  if (const auto why = why_invalid(sides)) {
    cell.outcome = GateOutcome::invalid;
    cell.reason = *why;
    return measured;
  }
  measured.undecidable = what_spoils(sides, metric);
  if (cell.baseline.has_value() != cell.candidate.has_value())
    measured.undecidable =
        fmt::format("The {} did not measure it.", cell.baseline ? "candidate" : "baseline");
  if (!measured.undecidable.empty()) return measured;
  measured.worsening = in_direction(contrast_of(sides, metric), metric);
  cell.worsening = measured.worsening.ratio;
  measured.undecidable = what_disturbed(sides);
  measured.lacks_yardstick = !sides.paired && sides.baseline_yardstick == nullptr && is_cpu_time(metric);
  cell.noise_floor = measured.worsening.noise_floor;
  if (sides.baseline_yardstick != nullptr) {
    const Contrast drift = contrast_of_samples(blocks(*sides.baseline_yardstick, nullptr, metric),
                                               blocks(*sides.candidate_yardstick, nullptr, metric));
    cell.yardstick = in_direction(drift, metric).ratio;
  }
  return measured;
}

void add_cells(std::vector<Measured>& cells, const ScenarioComparison& scenario, const Sides& sides,
               const GateOptions& options) {
  for (const Metric metric : metrics_of(scenario, options)) {
    Measured measured = measure(by_metric(sides, metric), metric);
    // A metric that means nothing in this scenario is no cell.
    if (!measured.cell.baseline && !measured.cell.candidate && measured.cell.outcome != GateOutcome::invalid)
      continue;
    measured.cell.scenario = scenario.name;
    measured.cell.subject = sides.candidate->subject;
    cells.push_back(std::move(measured));
  }
}

/// A cell that the candidate does not have: silence would be taken for a pass.
void add_lonely_cells(std::vector<Measured>& cells, const ScenarioComparison& scenario, const Row& baseline,
                      const std::string& why, const GateOptions& options) {
  for (const Metric metric : metrics_of(scenario, options)) {
    if (!baseline.spreads[metric]) continue;
    Measured lonely;
    lonely.cell.scenario = scenario.name;
    lonely.cell.subject = baseline.subject;
    lonely.cell.metric = metric;
    lonely.cell.baseline = baseline.spreads[metric];
    lonely.cell.only_in_baseline = true;
    lonely.undecidable = fmt::format("The candidate has nothing to put beside it: {}.", why);
    cells.push_back(std::move(lonely));
  }
}

/// Whether the yardstick surely changed, and by more than the limit: then no proportion to it is a pass. What
/// changed it may have changed the server otherwise, or be a slower part that all servers have.
bool yardstick_moved(const GateCell& cell, double limit) {
  if (!cell.yardstick || !cell.yardstick->interval) return false;
  const auto& [low, high, confidence] = *cell.yardstick->interval;
  return (low > 1 || high < 1) && std::abs(std::log(cell.yardstick->ratio)) > std::log1p(limit);
}

std::string moved_reason(const RatioEstimate& yardstick) {
  return fmt::format(
      "The yardstick changed by {:+.0f} %: the machine, the compiler or code that all servers share; run "
      "both "
      "builds side by side: --baseline PROGRAM.",
      100 * (yardstick.ratio - 1));
}

void decide_all(std::vector<Measured>& cells, const GateOptions& options) {
  std::vector<double> p_values;
  for (const Measured& measured : cells) {
    const bool counts = measured.undecidable.empty() && measured.worsening.ratio;
    p_values.push_back(counts ? measured.worsening.ratio->p_value : 1);
  }
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    GateCell& cell = cells[i].cell;
    if (cell.outcome == GateOutcome::invalid) continue;
    cell.smallest_detectable = smallest_detectable_change(cells[i].worsening, cells.size());
    if (!cells[i].undecidable.empty()) {
      cell.reason = cells[i].undecidable;
      continue;
    }
    const double blocks = cell.worsening ? static_cast<double>(cell.worsening->first_count) : 0;
    const double seconds_per_block = blocks > 0 ? options.took_s / blocks : 0;
    const Decision decision =
        decide(cells[i].worsening, {options.max_regression, corrected[i], seconds_per_block});
    const bool no_pass =
        decision.outcome == GateOutcome::passed && yardstick_moved(cell, options.max_regression);
    cell.outcome = no_pass ? GateOutcome::inconclusive : decision.outcome;
    cell.reason = no_pass ? moved_reason(*cell.yardstick) : decision.reason;
  }
}

/// The yardsticks that the judgement can lean on: both or none.
void add_yardsticks(Sides& sides, const ScenarioComparison& scenario) {
  const Row* before = find_row(scenario, 0, ceiling_subject);
  const Row* after = find_row(scenario, 1, ceiling_subject);
  if (before == nullptr || after == nullptr || !is_comparable(*before) || !is_comparable(*after)) return;
  sides.baseline_yardstick = before;
  sides.candidate_yardstick = after;
}

/// How many of a run's trials the machine did not have to itself, with what the first of them tells.
void warn_of_disturbances(GateReport& report, const Comparison& comparison, std::size_t run) {
  std::size_t trials = 0, disturbed = 0;
  std::string example;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    for (const Row& row : scenario.rows) {
      if (row.run != run) continue;
      trials += row.trials.size();
      for (const Trial& trial : row.trials) {
        if (trial.disturbances.empty()) continue;
        if (disturbed++ == 0) example = trial.disturbances.front();
      }
    }
  }
  if (disturbed == 0) return;
  report.warnings.push_back(fmt::format("{}: {} of {} trials were disturbed, the first because {}",
                                        comparison.runs[run].file, disturbed, trials, example));
}

void warn_of_runs(GateReport& report, const Comparison& comparison) {
  for (std::size_t run = 0; run < comparison.runs.size(); ++run) {
    const auto& warnings = comparison.runs[run].warnings;
    report.warnings.insert(report.warnings.end(), warnings.begin(), warnings.end());
    warn_of_disturbances(report, comparison, run);
  }
}

void warn_of_differences(GateReport& report, const ResultFile& baseline, const ResultFile& candidate) {
  for (const EnvironmentDifference& difference : environment_differences(baseline, candidate)) {
    if (!difference.matters) continue;
    report.warnings.push_back(fmt::format("{} differs: {} in the baseline, {} in the candidate; {}",
                                          difference.name, difference.first, difference.second,
                                          difference.why));
  }
}

void warn_of_no_yardstick(GateReport& report, const Measured& measured) {
  if (!measured.lacks_yardstick) return;
  const std::string warning = fmt::format(
      "{}: not both files have a yardstick ({}) that counts: the machine's drift is in the figures",
      measured.cell.scenario, ceiling_subject);
  if (std::find(report.warnings.begin(), report.warnings.end(), warning) == report.warnings.end())
    report.warnings.push_back(warning);
}

GateReport make_report(std::vector<Measured> cells, const Comparison& comparison,
                       const GateOptions& options) {
  decide_all(cells, options);
  GateReport report;
  report.max_regression = options.max_regression;
  report.took_s = options.took_s;
  warn_of_runs(report, comparison);
  for (Measured& measured : cells) {
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

GateReport judge_files(const ResultFile& baseline, const ResultFile& candidate, const GateOptions& options) {
  const Comparison comparison = compare({baseline, candidate});
  std::vector<Measured> cells;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    for (const Row* row : baseline_rows(scenario, options)) {
      Sides sides{row, find_row(scenario, 1, row->subject)};
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
  std::vector<Measured> cells;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    if (!wanted(options.scenarios, scenario.name)) continue;
    for (const GatePair& pair : pairs) {
      Sides sides{find_row(scenario, 0, pair.baseline), find_row(scenario, 0, pair.candidate)};
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
