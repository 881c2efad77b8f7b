#pragma once
// What trials say of a source's claims. Pure functions; every thread may call them.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "results/comparison/comparison.h"
#include "results/study/claim_evidence.h"
#include "results/study/study.h"

namespace threadmill::results {

struct ClaimJudgement {
  Claim claim;
  ClaimOutcome outcome = ClaimOutcome::not_decided;
  std::vector<ClaimEvidence> evidence;  ///< in the order of the claim's scenarios; none for not_tested
};

struct StudyJudgement {
  std::size_t run = 0;  ///< index into Comparison::runs
  Study study;
  std::vector<ClaimJudgement> claims;
  std::vector<std::string> absent_peers;  ///< of which nothing was measured
};

/// A claim is confirmed or refuted where the interval of its number, at 95 % or more, lies on one side of
/// what the claim says, both cells may be compared (results/comparison/cell.h), and what the load generator
/// held back could only strengthen that. It must hold in each of its scenarios: one that refutes it is
/// enough, if its p-value does after Holm's correction for all of them, and where one does not decide,
/// nothing is confirmed. So a claim about a difference that is nowhere is confirmed by chance at most once in
/// 40 times, and refuted at most as often, in however many scenarios.
ClaimJudgement judge_claim(const Comparison& comparison, std::size_t run, const Claim& claim);

/// Each run that is of a study, in their order.
std::vector<StudyJudgement> judge_studies(const Comparison& comparison);

/// The repeats that it takes for one of so many scenarios to refute a claim, however clearly.
std::size_t fewest_deciding_repeats(std::size_t scenarios);

/// How many of a study's claims a number was found for: each of them may be decided by chance.
std::size_t claims_with_numbers(const StudyJudgement& judgement);

/// The share of claims about differences that are not there which chance decides, at most.
inline constexpr double decided_by_chance = 0.05;

/// "confirmed", "refuted" or "not decided".
std::string_view claim_outcome_name(ClaimOutcome outcome);

}  // namespace threadmill::results
