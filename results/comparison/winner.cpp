#include "results/comparison/winner.h"

#include <algorithm>
#include <array>

#include "results/comparison/cell.h"
#include "results/statistics/ratio.h"

namespace threadmill::results {
namespace {

bool is_less_better(Metric metric) { return traits_of(metric).better == Better::less; }

/// The rows that compete, the best first.
std::vector<const Row*> competitors(const std::vector<Row>& rows, std::size_t run, Metric metric,
                                    const std::function<bool(const Row&)>& competes) {
  std::vector<const Row*> found;
  for (const Row& row : rows) {
    if (row.run == run && !row.ceiling && is_comparable(row) && row.spreads[metric] &&
        (!competes || competes(row)))
      found.push_back(&row);
  }
  std::stable_sort(found.begin(), found.end(), [&](const Row* a, const Row* b) {
    const double first = a->spreads[metric]->median, second = b->spreads[metric]->median;
    return is_less_better(metric) ? first < second : first > second;
  });
  return found;
}

/// The subjects that would compete, were their figures good for that.
std::vector<std::string> left_out(const std::vector<Row>& rows, std::size_t run) {
  std::vector<std::string> subjects;
  for (const Row& row : rows) {
    if (row.run == run && !row.ceiling && !is_comparable(row)) subjects.push_back(row.subject);
  }
  return subjects;
}

/// How many times as good the leader was, repeat by repeat.
std::vector<double> advantages(const Row& leader, const Row& rival, Metric metric) {
  return is_less_better(metric) ? paired_ratios(rival, leader, metric) : paired_ratios(leader, rival, metric);
}

std::size_t times_ahead(const std::vector<double>& ratios) {
  return static_cast<std::size_t>(
      std::count_if(ratios.begin(), ratios.end(), [](double ratio) { return ratio > 1; }));
}

/// By the 95 % interval of the ratio, or in every repeat where there are too few for an interval.
bool beats(const std::vector<double>& ratios) {
  const auto estimate = ratio_of_pairs(ratios);
  if (!estimate) return false;
  return estimate->interval ? estimate->interval->low > 1 : times_ahead(ratios) == ratios.size();
}

/// Of how many times as good the leader is.
Hidden hidden_of_advantage(const Row& leader, const Row& rival, Metric metric) {
  const Hidden of_leader = hidden_of(leader, metric), of_rival = hidden_of(rival, metric);
  return is_less_better(metric) ? hidden_of_ratio(of_rival, of_leader) : hidden_of_ratio(of_leader, of_rival);
}

bool is_among(const std::vector<std::string>& subjects, const std::string& subject) {
  return std::find(subjects.begin(), subjects.end(), subject) != subjects.end();
}

}  // namespace

Verdict judge(const std::vector<Row>& rows, std::size_t run, Metric metric,
              const std::function<bool(const Row&)>& competes) {
  Verdict verdict;
  verdict.run = run;
  verdict.left_out = left_out(rows, run);
  const auto ranked = competitors(rows, run, metric, competes);
  if (!ranked.empty()) verdict.leader = ranked.front()->subject;
  if (ranked.size() < 2) return verdict;

  const Row& leader = *ranked[0];
  verdict.runner_up = ranked[1]->subject;
  const auto over_runner_up = advantages(leader, *ranked[1], metric);
  verdict.ratio = spread(over_runner_up);
  verdict.repeats_ahead = times_ahead(over_runner_up);
  verdict.ratio_hidden = hidden_of_advantage(leader, *ranked[1], metric);
  bool too_few = false;
  verdict.ranking.push_back({leader.subject, 1.0});
  for (std::size_t i = 1; i < ranked.size(); ++i) {
    const auto ratios = advantages(leader, *ranked[i], metric);
    if (ratios.size() < fewest_pairs) too_few = true;
    const Hidden hidden = hidden_of_advantage(leader, *ranked[i], metric);
    if (!ratios.empty())
      verdict.ranking.push_back({ranked[i]->subject, 1 / median(ratios), opposite(hidden)});
    if (may_be_less(hidden)) {
      verdict.held_back.push_back(ranked[i]->subject);
    } else if (!beats(ratios)) {
      verdict.not_beaten.push_back(ranked[i]->subject);
    }
  }
  // Who has the highest median need not be ahead repeat by repeat.
  std::stable_sort(verdict.ranking.begin(), verdict.ranking.end(),
                   [](const auto& a, const auto& b) { return a.share > b.share; });
  if (too_few) {
    verdict.kind = Verdict::Kind::too_few_repeats;
  } else {
    verdict.kind = !verdict.not_beaten.empty()  ? Verdict::Kind::too_close
                   : !verdict.held_back.empty() ? Verdict::Kind::held_back
                                                : Verdict::Kind::winner;
  }
  return verdict;
}

Standing standing_of(const ScenarioComparison& scenario, const Row& row) {
  if (!is_comparable(row)) return Standing::invalid;
  const auto verdict = std::find_if(scenario.verdicts.begin(), scenario.verdicts.end(),
                                    [&](const Verdict& v) { return v.run == row.run; });
  if (row.ceiling || verdict == scenario.verdicts.end()) return Standing::not_judged;
  const bool undecided = row.subject == verdict->leader || is_undecided(*verdict, row.subject);
  switch (verdict->kind) {
    case Verdict::Kind::winner:
      return row.subject == verdict->leader ? Standing::winner : Standing::beaten;
    case Verdict::Kind::too_close:
    case Verdict::Kind::held_back:
      return undecided ? Standing::too_close : Standing::beaten;
    case Verdict::Kind::nothing_to_compare:
    case Verdict::Kind::too_few_repeats:
      break;
  }
  return Standing::not_judged;
}

bool is_undecided(const Verdict& verdict, const std::string& rival) {
  return rival != verdict.leader &&
         (verdict.kind == Verdict::Kind::too_few_repeats || is_among(verdict.not_beaten, rival) ||
          is_among(verdict.held_back, rival));
}

std::string_view standing_name(Standing standing) {
  constexpr std::array<std::string_view, 5> names = {"winner", "too close", "beaten", "invalid",
                                                     "not judged"};
  return names[static_cast<std::size_t>(standing)];
}

}  // namespace threadmill::results
