#include "results/study/study_cells.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/comparison/cell.h"

namespace threadmill::results {

const Row* StudyCells::find(const std::string& scenario, const std::string& subject) const {
  for (const ScenarioComparison& one : comparison_.scenarios) {
    if (one.name != scenario) continue;
    if (const Row* row = find_row(one, run_, subject)) return row;
  }
  return nullptr;
}

bool StudyCells::has(const std::string& subject) const {
  return std::any_of(
      comparison_.scenarios.begin(), comparison_.scenarios.end(),
      [&](const ScenarioComparison& scenario) { return find_row(scenario, run_, subject) != nullptr; });
}

std::string StudyCells::what_bars(const std::string& scenario, const std::string& subject) const {
  if (!has(subject)) return "nothing measured of " + subject;
  const Row* row = find(scenario, subject);
  if (row == nullptr) return fmt::format("nothing measured of {} in {}", subject, scenario);
  const CellVerdict verdict = judge_cell(*row);
  if (verdict.state != CellState::invalid) return {};
  return fmt::format("{} in {} is invalid: {}", subject, scenario, verdict.reason);
}

}  // namespace threadmill::results
