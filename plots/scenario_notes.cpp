#include "plots/scenario_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "plots/request_table.h"
#include "plots/text.h"
#include "plots/words.h"
#include "results/cell.h"

namespace threadmill::plots {
namespace {

using results::CellState;
using results::Row;
using results::ScenarioComparison;

/// What a verdict means for whoever reads the figures.
std::string_view consequence(CellState state) {
  if (state == CellState::invalid) return ", to be compared with nothing";
  if (state == CellState::generator_bound) return ", so it can do at least what is shown";
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

}  // namespace

std::string scenario_notes(const ScenarioComparison& scenario) {
  const std::string text = verdict_notes(scenario) + error_notes(scenario) + request_notes(scenario);
  return text.empty() ? text : text + "\n";
}

}  // namespace threadmill::plots
