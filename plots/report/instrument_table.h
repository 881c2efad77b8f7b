#pragma once
// What the load generator tells of itself, one row for each server.

#include "plots/text/table.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// For Markdown. Only the columns for which some row has data; none but the first where there is none at all.
Table instrument_table(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
