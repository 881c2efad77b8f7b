#pragma once
// What each server cost, one row for each.

#include "plots/table.h"
#include "results/compare.h"

namespace threadmill::plots {

/// For Markdown.
Table cost_table(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
