#pragma once
// What became of single messages while a server was away.

#include "plots/text/table.h"
#include "results/comparison/scenario_comparison.h"

namespace threadmill::plots {

/// A line for each server of a scenario in which messages are followed singly; no lines where none are.
/// Counts are the largest of any trial, times the median.
Table continuity_table(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
