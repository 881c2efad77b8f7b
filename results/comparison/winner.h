#pragma once
// Who won a scenario, and when nobody may say so.

#include <vector>

#include "results/comparison/comparison.h"

namespace threadmill::results {

/// The verdict over the rows of one run, by `metric` (more is better). Ceilings do not compete, and invalid
/// cells are left out.
Verdict judge(const std::vector<Row>& rows, std::size_t run, Metric metric);

}  // namespace threadmill::results
