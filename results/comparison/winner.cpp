#include "results/comparison/winner.h"

#include <algorithm>

#include "results/comparison/cell.h"

namespace threadmill::results {
namespace {

/// The rows that compete, fastest first.
std::vector<const Row*> competitors(const std::vector<Row>& rows, std::size_t run, Metric metric) {
  std::vector<const Row*> found;
  for (const Row& row : rows) {
    if (row.run == run && !row.ceiling && is_comparable(row) && row.spreads[metric]) found.push_back(&row);
  }
  std::stable_sort(found.begin(), found.end(), [&](const Row* a, const Row* b) {
    return a->spreads[metric]->median > b->spreads[metric]->median;
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

bool beats(const std::vector<double>& ratios) {
  return !ratios.empty() && std::all_of(ratios.begin(), ratios.end(), [](double ratio) { return ratio > 1; });
}

}  // namespace

Verdict judge(const std::vector<Row>& rows, std::size_t run, Metric metric) {
  Verdict verdict;
  verdict.run = run;
  verdict.left_out = left_out(rows, run);
  const auto ranked = competitors(rows, run, metric);
  if (!ranked.empty()) verdict.leader = ranked.front()->subject;
  if (ranked.size() < 2) return verdict;

  const Row& leader = *ranked[0];
  verdict.runner_up = ranked[1]->subject;
  verdict.ratio = spread(paired_ratios(leader, *ranked[1], metric));
  verdict.at_least = leader.is_generator_bound();
  bool too_few = false;
  verdict.ranking.emplace_back(leader.subject, 1.0);
  for (std::size_t i = 1; i < ranked.size(); ++i) {
    const auto ratios = paired_ratios(leader, *ranked[i], metric);
    if (ratios.size() < fewest_pairs) too_few = true;
    if (!ratios.empty()) verdict.ranking.emplace_back(ranked[i]->subject, 1 / median(ratios));
    if (ranked[i]->is_generator_bound()) {
      verdict.held_back.push_back(ranked[i]->subject);
    } else if (!beats(ratios)) {
      verdict.not_beaten.push_back(ranked[i]->subject);
    }
  }
  if (too_few) {
    verdict.kind = Verdict::Kind::too_few_repeats;
  } else {
    verdict.kind = !verdict.not_beaten.empty()  ? Verdict::Kind::too_close
                   : !verdict.held_back.empty() ? Verdict::Kind::held_back
                                                : Verdict::Kind::winner;
  }
  return verdict;
}

}  // namespace threadmill::results
