#pragma once
// The rule of the gate: from what was seen of the cells to their outcomes and the reasons. Pure; every thread
// may call it.

#include <string>
#include <vector>

#include "results/gate/contrast.h"
#include "results/gate/gate.h"
#include "results/gate/gate_cells.h"

namespace threadmill::results {

/// What a cell is judged by, besides what was measured.
struct DecisionTerms {
  double max_regression = 0.05;
  double corrected_p = 1;        ///< of the change, corrected for all cells of the report
  double seconds_per_block = 0;  ///< 0: not known
};

struct Decision {
  GateOutcome outcome = GateOutcome::inconclusive;
  std::string reason;  ///< one sentence
};

/// `worsening` has a ratio above 1 where the candidate is worse; its first count is of the candidate's
/// blocks.
Decision decide(const Contrast& worsening, const DecisionTerms& terms);

/// Sets outcome, reason and doubt of all cells of a report, but of those that are invalid already. Where the
/// yardstick moved, what decide() passes is held back.
void decide_cells(std::vector<MeasuredCell>& cells, const GateOptions& options);

}  // namespace threadmill::results
