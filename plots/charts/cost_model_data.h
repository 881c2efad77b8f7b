#pragma once
// The data set of the cost model: predicted CPU time in its parts, and the measured one.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// Adds to "cost_model", for each row that the cost model predicts (results/costs/cost_model.h):
///   kind         "part": value in CPU-µs of one kind of work, `part` ("receive", "send", "waiting",
///                "switches", "hand-offs") and part_order; "measured": value, and what to write beside it
///   explained    whether the prediction is within the share that counts as explained
void add_cost_model_data(const results::Comparison& comparison, const std::vector<ChartRow>& rows,
                         nlohmann::json& sets);

}  // namespace threadmill::plots
