#include "plots/report/scenario_notes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "plots/report/request_table.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/words.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

using results::CellState;
using results::Metric;
using results::Row;
using results::ScenarioComparison;

/// What a verdict means for whoever reads the figures.
std::string_view consequence(CellState state) {
  if (state == CellState::invalid) return ": to be compared with nothing";
  if (state == CellState::generator_bound) return ": the server can do at least the rate that is shown";
  return "";
}

/// One line for each verdict with the reasons of the rows that have it, the worst verdict first.
std::string verdict_notes(const ScenarioComparison& scenario) {
  std::vector<std::pair<CellState, std::string>> notes;
  for (const Row& row : scenario.rows) {
    const auto verdict = results::judge_cell(row);
    const std::string reason = fmt::format("{}: {}", markdown(row.label), markdown(verdict.reason, 300));
    const auto known = std::find_if(notes.begin(), notes.end(),
                                    [&](const auto& note) { return note.first == verdict.state; });
    if (known == notes.end()) {
      notes.emplace_back(verdict.state, reason);
    } else {
      known->second += "; " + reason;
    }
  }
  std::sort(notes.begin(), notes.end());
  std::string text;
  for (const auto& [state, reasons] : notes) {
    text += fmt::format("- **{}**{}. {}.\n", results::cell_state_name(state), consequence(state), reasons);
  }
  return text;
}

std::string error_notes(const ScenarioComparison& scenario) {
  std::string text;
  for (const Row& row : scenario.rows) {
    if (row.errors.empty() && row.integrity.empty()) continue;
    text += fmt::format("- {}: errors: {}; integrity: {}.\n", markdown(row.label),
                        markdown(counts_text(row.errors), 200), markdown(counts_text(row.integrity), 200));
  }
  return text;
}

std::string in_words(Metric metric) {
  switch (metric) {
    case Metric::requests_per_s:
      return "requests/s";
    case Metric::deliveries_per_s:
      return "deliveries/s";
    case Metric::cpu_us_per_request:
      return "CPU time per request";
    case Metric::cpu_us_per_delivery:
      return "CPU time per delivery";
    default:
      return markdown(results::traits_of(metric).name);
  }
}

/// "repeat 3 (12 % below the median)", ...: they are shown, not dropped.
std::string far_trials_note(const Row& row) {
  std::vector<std::string> trials;
  for (const results::FarTrial& trial : row.stability.far) {
    trials.push_back(fmt::format("repeat {} ({} {} the median)", trial.repeat + 1,
                                 percent(100 * std::abs(trial.from_median)),
                                 trial.from_median < 0 ? "below" : "above"));
  }
  if (trials.empty()) return {};
  return fmt::format("- {}: far from the other trials by {}: {}; it counts.\n", markdown(row.label),
                     in_words(row.stability.metric), fmt::join(trials, ", "));
}

std::string drift_note(const Row& row) {
  if (!row.stability.drift) return {};
  const auto& drift = *row.stability.drift;
  return fmt::format("- {}: drifts: {} {} by {} from its first trial to its last (p = {:.2g}).\n",
                     markdown(row.label), in_words(row.stability.metric),
                     drift.relative_change < 0 ? "fell" : "rose",
                     percent(100 * std::abs(drift.relative_change)), drift.p_value);
}

std::string stability_notes(const ScenarioComparison& scenario) {
  std::string text;
  for (const Row& row : scenario.rows) text += far_trials_note(row) + drift_note(row);
  return text;
}

}  // namespace

std::string scenario_notes(const ScenarioComparison& scenario) {
  const std::string text =
      verdict_notes(scenario) + error_notes(scenario) + stability_notes(scenario) + request_notes(scenario);
  return text.empty() ? text : text + "\n";
}

}  // namespace threadmill::plots
