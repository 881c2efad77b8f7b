#include "results/study/claim_evidence.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "results/comparison/cell.h"
#include "results/statistics/rank_test.h"
#include "results/study/hidden_part.h"

namespace threadmill::results {
namespace {

ByRepeat side_by_repeat(const StudyCells& cells, const ClaimSide& side, Metric metric) {
  const auto values = values_by_repeat(*cells.find(side.scenario, side.subject), metric);
  if (side.base_scenario.empty()) return values;
  return ratios_by_repeat(values, values_by_repeat(*cells.find(side.base_scenario, side.subject), metric));
}

/// On which side of `claimed` the interval of the evidence's number lies, if that is to be known.
void decide_evidence(ClaimEvidence& evidence, const HiddenPart& hidden, double claimed, bool wants_more) {
  const auto& interval = evidence.number->interval;
  if (!interval) {
    evidence.reason =
        fmt::format("too few for an interval of 95 %; it takes {}", signed_rank_count_needed(0.05));
    return;
  }
  const bool above = interval->low > claimed, below = interval->high < claimed;
  if (!above && !below) {
    evidence.reason = fmt::format("the interval does not lie on one side of {:.4g}", claimed);
  } else if ((above && may_be_less(evidence.hidden)) || (below && may_be_more(evidence.hidden))) {
    evidence.reason = "the load generator held " + hidden.held_back() + " back";
  } else {
    evidence.outcome = above == wants_more ? ClaimOutcome::confirmed : ClaimOutcome::refuted;
  }
}

/// Sets the number and its distance from what is claimed, or the reason why there is none.
void set_number(ClaimEvidence& evidence, const ByRepeat& by_repeat, double claimed) {
  std::vector<double> values, by_limit;
  for (const auto& [repeat, value] : by_repeat) {
    values.push_back(value);
    by_limit.push_back(value / claimed);
  }
  if (values.empty()) {
    evidence.reason = "no repeat has a valid trial with that figure on each side";
  } else if (std::any_of(values.begin(), values.end(), [](double v) { return !(v > 0) || std::isinf(v); })) {
    evidence.reason = "a value of 0 is in no proportion to anything";
  } else {
    evidence.number = ratio_of_pairs(values);
    evidence.p_value = ratio_of_pairs(by_limit)->p_value;
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

/// The first side's metric divided by the second's, where there is one, against what is claimed.
ClaimEvidence evidence_of_sides(const StudyCells& cells, std::string where,
                                const std::vector<ClaimSide>& sides, Metric metric, double claimed,
                                bool wants_more) {
  ClaimEvidence evidence;
  evidence.where = std::move(where);
  evidence.reason = what_bars_sides(cells, sides);
  if (!evidence.reason.empty()) return evidence;
  auto values = side_by_repeat(cells, sides[0], metric);
  HiddenPart hidden(cells, metric);
  hidden.add(sides[0], 1);
  if (sides.size() > 1) {
    values = ratios_by_repeat(values, side_by_repeat(cells, sides[1], metric));
    hidden.add(sides[1], -1);
  }
  evidence.hidden = hidden.of_number();
  set_number(evidence, values, claimed);
  if (evidence.number) decide_evidence(evidence, hidden, claimed, wants_more);
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
  const std::string errors = listed(row.errors), wrong = listed(row.integrity);
  return errors + (errors.empty() || wrong.empty() ? "" : ", ") + wrong;
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

/// Why it is not known that there was no case: it takes all trials, and as many as any other claim.
std::string what_bars_absence(const Row& row, std::size_t looked_at) {
  if (looked_at < row.trials.size())
    return fmt::format("in none of {} trials; {} more not valid", looked_at, row.trials.size() - looked_at);
  const std::size_t needed = signed_rank_count_needed(0.05);
  return looked_at < needed
             ? fmt::format("in none of {} trials, which are too few; it takes {}", looked_at, needed)
             : std::string{};
}

/// Of never and happens. One case settles both; that there was none settles them for as many trials as were
/// made.
ClaimEvidence look_for_cases(const StudyCells& cells, const Claim& claim, const std::string& scenario) {
  ClaimEvidence evidence;
  evidence.where = scenario;
  const Row* row = cells.find(scenario, claim.of);
  const auto values = row == nullptr ? ByRepeat{} : values_by_repeat(*row, *claim.metric);
  if (values.empty()) {
    evidence.reason = row == nullptr ? cells.what_bars(scenario, claim.of) : "no valid trial has that figure";
    return evidence;
  }
  const auto cases =
      std::count_if(values.begin(), values.end(), [](const auto& each) { return each.second > 0; });
  if (cases == 0) evidence.reason = what_bars_absence(*row, values.size());
  if (!evidence.reason.empty()) return evidence;
  const bool confirmed = (cases > 0) == (claim.kind == ClaimKind::happens);
  evidence.outcome = confirmed ? ClaimOutcome::confirmed : ClaimOutcome::refuted;
  const auto most = std::max_element(values.begin(), values.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  evidence.reason = fmt::format("in {} of {} trials", cases, values.size());
  if (cases > 0) evidence.reason += fmt::format(", {:.0f} at the most", most->second);
  return evidence;
}

}  // namespace

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
    case ClaimKind::never:
    case ClaimKind::happens:
      look = look_for_cases;
      break;
    case ClaimKind::not_tested:
    case ClaimKind::unknown:
      return {};
  }
  std::vector<ClaimEvidence> evidence;
  for (const std::string& scenario : claim.scenarios) evidence.push_back(look(cells, claim, scenario));
  return evidence;
}

}  // namespace threadmill::results
