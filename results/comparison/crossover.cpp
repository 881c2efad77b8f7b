#include "results/comparison/crossover.h"

#include <algorithm>
#include <array>
#include <map>

#include "results/comparison/cell.h"
#include "results/comparison/winner.h"

namespace threadmill::results {
namespace {

enum class Keeping {
  always,
  now_and_then,
  held_back,  ///< the generator was the limit, and may have made a p99 what it is
  unknown,    ///< a repeat has too few answers for the percentile
  never,
};

/// By the repeats, and not by their histograms merged: one that is just below the level tells nothing of the
/// next.
Keeping keeping_of(const ScenarioComparison& scenario, const Row& row, double p99_below_ns) {
  const Metric p99 = latencies()[static_cast<std::size_t>(scenario.main_latency)].p99;
  const auto p99s = values_of(row, p99);
  if (p99s.size() < row.valid) return Keeping::unknown;
  const auto kept =
      std::count_if(p99s.begin(), p99s.end(), [&](double value) { return value < p99_below_ns; });
  const bool always = static_cast<std::size_t>(kept) == row.valid;
  const Hidden hidden = hidden_of(row, p99);
  if (always ? may_be_more(hidden) : may_be_less(hidden)) return Keeping::held_back;
  return always ? Keeping::always : kept == 0 ? Keeping::never : Keeping::now_and_then;
}

/// What the rows of one run do with the level.
struct Contenders {
  std::map<std::string, Keeping> keeping;  ///< of each subject
  std::vector<std::string> broken;
  bool repeats_enough = true;
};

Contenders contenders_of(const ScenarioComparison& scenario, std::size_t run, double p99_below_ns) {
  Contenders contenders;
  for (const Row& row : scenario.rows) {
    if (row.run != run || row.ceiling || !is_comparable(row)) continue;
    if (row.valid < fewest_pairs) contenders.repeats_enough = false;
    const Keeping keeping = keeping_of(scenario, row, p99_below_ns);
    contenders.keeping[row.subject] = keeping;
    if (keeping == Keeping::never) contenders.broken.push_back(row.subject);
  }
  return contenders;
}

/// Of a leader that keeps the level.
CrossoverOutcome outcome_among_rivals(const Verdict& verdict, const Contenders& contenders) {
  switch (verdict.kind) {
    case Verdict::Kind::winner:
      return CrossoverOutcome::winner;
    case Verdict::Kind::too_close:
      return CrossoverOutcome::too_close;
    case Verdict::Kind::held_back:
      return CrossoverOutcome::held_back;
    case Verdict::Kind::nothing_to_compare:
      return contenders.broken.empty() ? CrossoverOutcome::not_judged : CrossoverOutcome::winner;
    case Verdict::Kind::too_few_repeats:
      break;
  }
  return CrossoverOutcome::not_judged;
}

CrossoverOutcome outcome_of(const Verdict& verdict, const Contenders& contenders) {
  if (contenders.keeping.empty()) return CrossoverOutcome::invalid;
  if (!contenders.repeats_enough) return CrossoverOutcome::not_judged;
  if (verdict.leader.empty()) return CrossoverOutcome::none_keeps;
  switch (contenders.keeping.at(verdict.leader)) {
    case Keeping::always:
      return outcome_among_rivals(verdict, contenders);
    case Keeping::now_and_then:
      return CrossoverOutcome::too_close;
    case Keeping::held_back:
      return CrossoverOutcome::held_back;
    case Keeping::unknown:
    case Keeping::never:
      break;
  }
  return CrossoverOutcome::not_judged;
}

bool has_leader(CrossoverOutcome outcome) {
  return outcome == CrossoverOutcome::winner || outcome == CrossoverOutcome::too_close ||
         outcome == CrossoverOutcome::held_back;
}

}  // namespace

CrossoverCell judge_crossover(const ScenarioComparison& scenario, std::size_t run, double p99_below_ns) {
  const Contenders contenders = contenders_of(scenario, run, p99_below_ns);
  const Verdict verdict = judge(scenario.rows, run, scenario.steady_metric, [&](const Row& row) {
    return keeping_of(scenario, row, p99_below_ns) != Keeping::never;
  });
  CrossoverCell cell;
  cell.violate = contenders.broken;
  cell.outcome = outcome_of(verdict, contenders);
  if (has_leader(cell.outcome)) cell.best = verdict.leader;
  return cell;
}

std::string_view crossover_outcome_name(CrossoverOutcome outcome) {
  constexpr std::array<std::string_view, 6> names = {
      "winner", "too close", "held back", "none keeps the level", "invalid", "not judged"};
  return names[static_cast<std::size_t>(outcome)];
}

}  // namespace threadmill::results
