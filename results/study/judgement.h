#pragma once
// What trials say of a source's claims. Pure functions; every thread may call them.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/comparison/comparison.h"
#include "results/statistics/ratio.h"
#include "results/study/study.h"

namespace threadmill::results {

enum class ClaimOutcome { confirmed, refuted, not_decided };

/// What one scenario, or one step from a scenario to the next, says of a claim.
struct ClaimEvidence {
  std::string where;  ///< the scenario, or "chat-50 to chat-100"
  ClaimOutcome outcome = ClaimOutcome::not_decided;
  /// The number that decides: `of` / `than` over the repeats, of a step the later over the earlier scenario;
  /// of at_least and at_most the metric itself. Absent where nothing was measured, and where none is needed.
  std::optional<RatioEstimate> number;
  bool may_be_more = false;  ///< the load generator held a side back: the true number is this or more
  bool may_be_less = false;  ///< this or less
  std::string reason;        ///< why it is not decided or, without a number, what decided; no full stop
};

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
/// enough, and where one does not decide, nothing is confirmed.
ClaimJudgement judge_claim(const Comparison& comparison, std::size_t run, const Claim& claim);

/// Each run that is of a study, in their order.
std::vector<StudyJudgement> judge_studies(const Comparison& comparison);

/// "confirmed", "refuted" or "not decided".
std::string_view claim_outcome_name(ClaimOutcome outcome);

}  // namespace threadmill::results
