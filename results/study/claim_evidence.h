#pragma once
// What trials say of a claim in each of its scenarios. Pure functions; every thread may call them.

#include <optional>
#include <string>
#include <vector>

#include "results/statistics/ratio.h"
#include "results/study/study.h"
#include "results/study/study_cells.h"
#include "results/trial/hidden.h"

namespace threadmill::results {

enum class ClaimOutcome { confirmed, refuted, not_decided };

/// What one scenario, or one step from a scenario to the next, says of a claim.
struct ClaimEvidence {
  std::string where;  ///< the scenario, or "chat-50 to chat-100"
  ClaimOutcome outcome = ClaimOutcome::not_decided;
  /// The number that decides: `of` / `than` over the repeats, of a step the later over the earlier scenario;
  /// of at_least and at_most the metric itself. Absent where nothing was measured, and where none is needed.
  std::optional<RatioEstimate> number;
  std::optional<double> p_value;    ///< of the number being just what the claim draws its line at, two-sided
  Hidden hidden = Hidden::nothing;  ///< what the load generator, where it held a side back, hid of the number
  std::string reason;  ///< why it is not decided or, without a number, what decided; no full stop
};

/// One for each of the claim's scenarios, or for each step from one to the next; none where nothing tests it.
/// Each is decided as if it were the only one.
std::vector<ClaimEvidence> evidence_of(const StudyCells& cells, const Claim& claim);

}  // namespace threadmill::results
