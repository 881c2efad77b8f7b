#pragma once
// What each process of the load generator did, and all together, where it was several.

#include "plots/text/table.h"
#include "results/comparison/scenario_comparison.h"

namespace threadmill::plots {

/// A row for each process and one for the whole, of each server; no rows where one process made the load.
Table rank_table(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
