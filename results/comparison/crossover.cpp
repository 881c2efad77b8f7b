#include "results/comparison/crossover.h"

#include <array>

#include "results/comparison/cell.h"
#include "results/comparison/winner.h"

namespace threadmill::results {
namespace {

bool keeps_level(const ScenarioComparison& scenario, const Row& row, double p99_below_ns) {
  const auto& latency = row.latency(scenario.main_latency);
  return latency && latency->p99_ns < p99_below_ns;
}

CrossoverOutcome outcome_of(const Verdict& verdict, bool others_violate, bool any_valid) {
  if (verdict.leader.empty()) return any_valid ? CrossoverOutcome::none_keeps : CrossoverOutcome::invalid;
  switch (verdict.kind) {
    case Verdict::Kind::winner:
      return CrossoverOutcome::winner;
    case Verdict::Kind::too_close:
    case Verdict::Kind::held_back:
      return CrossoverOutcome::too_close;
    case Verdict::Kind::nothing_to_compare:
      return others_violate ? CrossoverOutcome::winner : CrossoverOutcome::not_judged;
    case Verdict::Kind::too_few_repeats:
      break;
  }
  return CrossoverOutcome::not_judged;
}

}  // namespace

CrossoverCell judge_crossover(const ScenarioComparison& scenario, std::size_t run, double p99_below_ns) {
  CrossoverCell cell;
  bool any_valid = false;
  for (const Row& row : scenario.rows) {
    if (row.run != run || row.ceiling || !is_comparable(row)) continue;
    any_valid = true;
    if (!keeps_level(scenario, row, p99_below_ns)) cell.violate.push_back(row.subject);
  }
  const Verdict verdict = judge(scenario.rows, run, scenario.steady_metric,
                                [&](const Row& row) { return keeps_level(scenario, row, p99_below_ns); });
  cell.outcome = outcome_of(verdict, !cell.violate.empty(), any_valid);
  if (cell.outcome == CrossoverOutcome::winner || cell.outcome == CrossoverOutcome::too_close)
    cell.best = verdict.leader;
  return cell;
}

std::string_view crossover_outcome_name(CrossoverOutcome outcome) {
  constexpr std::array<std::string_view, 5> names = {"winner", "too close", "none keeps the level", "invalid",
                                                     "not judged"};
  return names[static_cast<std::size_t>(outcome)];
}

}  // namespace threadmill::results
