#pragma once
// What each server cost, one row for each.

#include "plots/text/table.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// For Markdown.
Table cost_table(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
