#include "results/study/judgement.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>

#include "results/comparison/cell.h"
#include "results/statistics/rank_test.h"

namespace threadmill::results {
namespace {

/// The cells of one run.
class StudyCells {
 public:
  StudyCells(const Comparison& comparison, std::size_t run) : comparison_(comparison), run_(run) {}

  const Row* find(const std::string& scenario, const std::string& subject) const {
    for (const ScenarioComparison& one : comparison_.scenarios) {
      if (one.name != scenario) continue;
      for (const Row& row : one.rows)
        if (row.run == run_ && row.subject == subject) return &row;
    }
    return nullptr;
  }

  bool has(const std::string& subject) const {
    return std::any_of(
        comparison_.scenarios.begin(), comparison_.scenarios.end(), [&](const ScenarioComparison& scenario) {
          return std::any_of(scenario.rows.begin(), scenario.rows.end(),
                             [&](const Row& row) { return row.run == run_ && row.subject == subject; });
        });
  }

  /// Why the cell decides nothing; empty where it may.
  std::string what_bars(const std::string& scenario, const std::string& subject) const {
    if (!has(subject)) return "nothing measured of " + subject;
    const Row* row = find(scenario, subject);
    if (row == nullptr) return fmt::format("nothing measured of {} in {}", subject, scenario);
    const CellVerdict verdict = judge_cell(*row);
    if (verdict.state != CellState::invalid) return {};
    return fmt::format("{} in {} is invalid: {}", subject, scenario, verdict.reason);
  }

 private:
  const Comparison& comparison_;
  std::size_t run_;
};

/// A cell and, where the claim is about proportions, the cell of the same subject that it is divided by.
struct ClaimSide {
  std::string scenario;
  std::string subject;
  std::string base_scenario;  ///< empty: not divided
};

using ByRepeatNumber = std::map<std::int64_t, double>;

ByRepeatNumber metric_by_repeat(const Row& row, Metric metric) {
  ByRepeatNumber values;
  for (const Trial& trial : row.trials)
    if (trial.valid() && trial.values[metric]) values[trial.repeat] = *trial.values[metric];
  return values;
}

/// Of each repeat that both have. A quotient of which one side is 0 is 0 or not finite.
ByRepeatNumber quotients(const ByRepeatNumber& upper, const ByRepeatNumber& lower) {
  ByRepeatNumber values;
  for (const auto& [repeat, value] : upper) {
    const auto found = lower.find(repeat);
    if (found != lower.end()) values[repeat] = value / found->second;
  }
  return values;
}

ByRepeatNumber side_by_repeat(const StudyCells& cells, const ClaimSide& side, Metric metric) {
  const auto values = metric_by_repeat(*cells.find(side.scenario, side.subject), metric);
  if (side.base_scenario.empty()) return values;
  return quotients(values, metric_by_repeat(*cells.find(side.base_scenario, side.subject), metric));
}

/// Where the load generator was the limit: +1 if the server could have shown a higher value of the metric,
/// -1 a lower one, 0 if it makes no difference.
int hidden_direction(const Row& row, Metric metric) {
  if (!row.is_generator_bound()) return 0;
  const std::string_view name = traits_of(metric).name;
  if (name.ends_with("_per_s") || name.starts_with("server_cpu_percent")) return 1;
  return name.ends_with("_ns") ? -1 : 0;
}

/// Collects what the load generator hid from a number.
class HiddenPart {
 public:
  HiddenPart(const StudyCells& cells, Metric metric) : cells_(cells), metric_(metric) {}

  /// `sign`: +1 where a higher value of the side makes the number higher, -1 where it makes it lower.
  void add(const ClaimSide& side, int sign) {
    add_cell(side.scenario, side.subject, sign);
    if (!side.base_scenario.empty()) add_cell(side.base_scenario, side.subject, -sign);
  }

  bool may_be_more() const { return more_; }
  bool may_be_less() const { return less_; }
  std::string held_back() const { return fmt::format("{}", fmt::join(names_, ", ")); }

 private:
  void add_cell(const std::string& scenario, const std::string& subject, int sign) {
    const int direction = sign * hidden_direction(*cells_.find(scenario, subject), metric_);
    if (direction == 0) return;
    (direction > 0 ? more_ : less_) = true;
    names_.push_back(fmt::format("{} in {}", subject, scenario));
  }

  const StudyCells& cells_;
  Metric metric_;
  bool more_ = false;
  bool less_ = false;
  std::vector<std::string> names_;
};

/// On which side of `limit` the interval of the evidence's number lies, if that is to be known.
void decide_evidence(ClaimEvidence& evidence, const HiddenPart& hidden, double limit, bool wants_more) {
  const auto& interval = evidence.number->interval;
  if (!interval) {
    evidence.reason =
        fmt::format("too few for an interval of 95 %; it takes {}", signed_rank_count_needed(0.05));
    return;
  }
  const bool above = interval->low > limit, below = interval->high < limit;
  if (!above && !below) {
    evidence.reason = fmt::format("the interval does not lie on one side of {:.4g}", limit);
  } else if ((above && evidence.may_be_less) || (below && evidence.may_be_more)) {
    evidence.reason = "the load generator held " + hidden.held_back() + " back";
  } else {
    evidence.outcome = above == wants_more ? ClaimOutcome::confirmed : ClaimOutcome::refuted;
  }
}

/// Sets the number, or the reason why there is none.
void set_number(ClaimEvidence& evidence, const ByRepeatNumber& by_repeat) {
  std::vector<double> values;
  for (const auto& [repeat, value] : by_repeat) values.push_back(value);
  if (values.empty()) {
    evidence.reason = "no repeat has a valid trial with that figure on each side";
  } else if (std::any_of(values.begin(), values.end(), [](double v) { return !(v > 0) || std::isinf(v); })) {
    evidence.reason = "a value of 0 is in no proportion to anything";
  } else {
    evidence.number = ratio_of_pairs(values);
  }
}

/// Why one of the sides decides nothing; empty where all may.
std::string what_bars_sides(const StudyCells& cells, const std::vector<ClaimSide>& sides) {
  std::vector<std::string> reasons;
  for (const ClaimSide& side : sides) {
    for (const std::string& scenario : {side.scenario, side.base_scenario}) {
      if (scenario.empty()) continue;
      std::string reason = cells.what_bars(scenario, side.subject);
      if (!reason.empty() && std::find(reasons.begin(), reasons.end(), reason) == reasons.end())
        reasons.push_back(std::move(reason));
    }
  }
  return fmt::format("{}", fmt::join(reasons, "; "));
}

/// The first side's metric divided by the second's, where there is one, against the limit.
ClaimEvidence evidence_of_sides(const StudyCells& cells, std::string where,
                                const std::vector<ClaimSide>& sides, Metric metric, double limit,
                                bool wants_more) {
  ClaimEvidence evidence;
  evidence.where = std::move(where);
  evidence.reason = what_bars_sides(cells, sides);
  if (!evidence.reason.empty()) return evidence;
  auto values = side_by_repeat(cells, sides[0], metric);
  HiddenPart hidden(cells, metric);
  hidden.add(sides[0], 1);
  if (sides.size() > 1) {
    values = quotients(values, side_by_repeat(cells, sides[1], metric));
    hidden.add(sides[1], -1);
  }
  evidence.may_be_more = hidden.may_be_more();
  evidence.may_be_less = hidden.may_be_less();
  set_number(evidence, values);
  if (evidence.number) decide_evidence(evidence, hidden, limit, wants_more);
  return evidence;
}

/// Of more and less.
ClaimEvidence compare_subjects(const StudyCells& cells, const Claim& claim, const std::string& scenario) {
  const ClaimSide of{scenario, claim.of, claim.relative_to};
  const ClaimSide than{claim.than_scenario.empty() ? scenario : claim.than_scenario, claim.than,
                       claim.relative_to};
  const bool wants_more = claim.kind == ClaimKind::more;
  return evidence_of_sides(cells, scenario, {of, than}, *claim.metric,
                           wants_more ? claim.by_at_least : 1 / claim.by_at_least, wants_more);
}

/// Of at_least and at_most.
ClaimEvidence hold_against_value(const StudyCells& cells, const Claim& claim, const std::string& scenario) {
  return evidence_of_sides(cells, scenario, {{scenario, claim.of, ""}}, *claim.metric, claim.value,
                           claim.kind == ClaimKind::at_least);
}

/// Of grows_with and falls_with: from each scenario to the next.
std::vector<ClaimEvidence> steps_of(const StudyCells& cells, const Claim& claim) {
  std::vector<ClaimEvidence> steps;
  for (std::size_t i = 1; i < claim.scenarios.size(); ++i) {
    const std::string &before = claim.scenarios[i - 1], &after = claim.scenarios[i];
    steps.push_back(evidence_of_sides(cells, before + " to " + after,
                                      {{after, claim.of, ""}, {before, claim.of, ""}}, *claim.metric, 1,
                                      claim.kind == ClaimKind::grows_with));
  }
  return steps;
}

/// "2 reset, 1 lost"
std::string faults_text(const Row& row) {
  std::string text;
  for (const Counts* counts : {&row.errors, &row.integrity})
    for (const auto& [kind, count] : *counts)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, kind);
  return text;
}

/// A trial in which something went wrong refutes; one that never ran decides nothing.
ClaimEvidence look_for_faults(const StudyCells& cells, const Claim& claim, const std::string& scenario) {
  ClaimEvidence evidence;
  evidence.where = scenario;
  const Row* row = cells.find(scenario, claim.of);
  if (row == nullptr) {
    evidence.reason = cells.what_bars(scenario, claim.of);
    return evidence;
  }
  const auto faulty = std::count_if(row->trials.begin(), row->trials.end(), [](const Trial& trial) {
    return !trial.errors.empty() || !trial.integrity.empty();
  });
  if (faulty > 0) {
    evidence.outcome = ClaimOutcome::refuted;
    evidence.reason = fmt::format("in {} of {} trials: {}", faulty, row->trials.size(), faults_text(*row));
  } else if (row->valid < row->trials.size() || row->valid == 0) {
    evidence.reason = judge_cell(*row).reason;
    if (evidence.reason.empty() || is_comparable(*row))
      evidence.reason = fmt::format("{} of {} trials are valid", row->valid, row->trials.size());
  } else {
    evidence.outcome = ClaimOutcome::confirmed;
    evidence.reason = fmt::format("no error in {} trial{}", row->valid, row->valid == 1 ? "" : "s");
  }
  return evidence;
}

std::vector<ClaimEvidence> evidence_of(const StudyCells& cells, const Claim& claim) {
  using Look = ClaimEvidence (*)(const StudyCells&, const Claim&, const std::string&);
  Look look = nullptr;
  switch (claim.kind) {
    case ClaimKind::more:
    case ClaimKind::less:
      look = compare_subjects;
      break;
    case ClaimKind::at_least:
    case ClaimKind::at_most:
      look = hold_against_value;
      break;
    case ClaimKind::grows_with:
    case ClaimKind::falls_with:
      return steps_of(cells, claim);
    case ClaimKind::delivers:
      look = look_for_faults;
      break;
    case ClaimKind::not_tested:
    case ClaimKind::unknown:
      return {};
  }
  std::vector<ClaimEvidence> evidence;
  for (const std::string& scenario : claim.scenarios) evidence.push_back(look(cells, claim, scenario));
  return evidence;
}

ClaimOutcome combined_outcome(const std::vector<ClaimEvidence>& evidence) {
  const auto is = [](ClaimOutcome outcome) {
    return [outcome](const ClaimEvidence& one) { return one.outcome == outcome; };
  };
  if (std::any_of(evidence.begin(), evidence.end(), is(ClaimOutcome::refuted))) return ClaimOutcome::refuted;
  const bool all = std::all_of(evidence.begin(), evidence.end(), is(ClaimOutcome::confirmed));
  return all && !evidence.empty() ? ClaimOutcome::confirmed : ClaimOutcome::not_decided;
}

}  // namespace

ClaimJudgement judge_claim(const Comparison& comparison, std::size_t run, const Claim& claim) {
  ClaimJudgement judgement;
  judgement.claim = claim;
  judgement.evidence = evidence_of(StudyCells(comparison, run), claim);
  judgement.outcome = combined_outcome(judgement.evidence);
  return judgement;
}

std::vector<StudyJudgement> judge_studies(const Comparison& comparison) {
  std::vector<StudyJudgement> judgements;
  for (std::size_t run = 0; run < comparison.runs.size(); ++run) {
    const auto& study = comparison.runs[run].study;
    if (!study) continue;
    StudyJudgement& judgement = judgements.emplace_back();
    judgement.run = run;
    judgement.study = *study;
    for (const Claim& claim : study->claims) judgement.claims.push_back(judge_claim(comparison, run, claim));
    const StudyCells cells(comparison, run);
    for (const std::string& peer : study->peers)
      if (!cells.has(peer)) judgement.absent_peers.push_back(peer);
  }
  return judgements;
}

std::string_view claim_outcome_name(ClaimOutcome outcome) {
  constexpr std::array<std::string_view, 3> names = {"confirmed", "refuted", "not decided"};
  return names[static_cast<std::size_t>(outcome)];
}

}  // namespace threadmill::results
