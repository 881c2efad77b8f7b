#pragma once
// How fast each server was, one row for each.

#include "plots/text/table.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// For Markdown.
Table speed_table(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
