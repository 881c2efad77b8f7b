#include "results/study/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "results/statistics/multiple_tests.h"
#include "results/statistics/rank_test.h"

namespace threadmill::results {
namespace {

/// Why what refutes a claim, were it tested there alone, does not.
std::string may_be_chance(const ClaimEvidence& evidence, std::size_t tests, double corrected_p) {
  const std::size_t needed = fewest_deciding_repeats(tests);
  return fmt::format(
      "against the claim, but one of {} tests may be so by chance (p = {:.2g} by Holm's method{})", tests,
      corrected_p, evidence.number->first_count < needed ? fmt::format("; it takes {} repeats", needed) : "");
}

/// Any of a claim's scenarios may refute it, so each is corrected for all of them. Confirming takes no
/// correction: all have to.
void correct_refutations(std::vector<ClaimEvidence>& evidence) {
  std::vector<double> p_values;
  for (const ClaimEvidence& one : evidence)
    if (one.p_value) p_values.push_back(*one.p_value);
  const std::vector<double> corrected = holm(p_values);
  auto p = corrected.begin();
  for (ClaimEvidence& one : evidence) {
    if (!one.p_value) continue;
    const double corrected_p = *p++;
    if (one.outcome != ClaimOutcome::refuted || corrected_p <= significance_level) continue;
    one.outcome = ClaimOutcome::not_decided;
    one.reason = may_be_chance(one, p_values.size(), corrected_p);
  }
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
  correct_refutations(judgement.evidence);
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

std::size_t fewest_deciding_repeats(std::size_t scenarios) {
  return signed_rank_count_needed(significance_level / static_cast<double>(scenarios));
}

std::size_t claims_with_numbers(const StudyJudgement& judgement) {
  return static_cast<std::size_t>(
      std::count_if(judgement.claims.begin(), judgement.claims.end(), [](const ClaimJudgement& claim) {
        return std::any_of(claim.evidence.begin(), claim.evidence.end(),
                           [](const ClaimEvidence& one) { return one.number.has_value(); });
      }));
}

std::string_view claim_outcome_name(ClaimOutcome outcome) {
  constexpr std::array<std::string_view, 3> names = {"confirmed", "refuted", "not decided"};
  return names[static_cast<std::size_t>(outcome)];
}

}  // namespace threadmill::results
