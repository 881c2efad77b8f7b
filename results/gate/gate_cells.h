#pragma once
// From the rows of a comparison to the cells that the gate judges: measured, and not decided yet. Pure
// functions; every thread may call them.

#include <string>
#include <vector>

#include "results/comparison/comparison.h"
#include "results/gate/contrast.h"
#include "results/gate/gate.h"

namespace threadmill::results {

/// What a cell is made of.
struct GateSides {
  const Row* baseline = nullptr;
  const Row* candidate = nullptr;
  const Row* baseline_yardstick = nullptr;  ///< both or none
  const Row* candidate_yardstick = nullptr;
  bool paired = false;  ///< both ran in the same blocks
};

/// A cell between measuring and the decision, which needs all cells.
struct MeasuredCell {
  GateCell cell;
  Contrast worsening;
  std::string undecidable;       ///< why nothing can be decided, whatever was measured; "" where it can
  bool lacks_yardstick = false;  ///< two runs by CPU time, of which one or both have no yardstick for it
};

/// Adds a cell for each metric that is to be judged and that a side has. Both rows of `sides` are there.
void add_cells(std::vector<MeasuredCell>& cells, const ScenarioComparison& scenario, const GateSides& sides,
               const GateOptions& options);

/// Adds the cells that the candidate does not have, for the reason `why`: silence would be taken for a pass.
void add_lonely_cells(std::vector<MeasuredCell>& cells, const ScenarioComparison& scenario,
                      const Row& baseline, const std::string& why, const GateOptions& options);

}  // namespace threadmill::results
