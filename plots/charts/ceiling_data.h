#pragma once
// The data set of the distance from the ceiling.

#include <nlohmann/json_fwd.hpp>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// Adds the row's records to "of_ceiling": `kind` "median" or "trial", `value` in percent, `text`. Of what,
/// the panel says: of the ceiling's main metric in the same repeat, where its run has a ceiling with good
/// figures; of a fan-out, the bytes delivered, of what one loopback connection copied in the run's self-test
/// (results/comparison/copy_share.h). The ceiling itself has 100 and no trials; an invalid cell is compared
/// with nothing: its value is 0 and its text says so. Other fields as in all (plots/charts/chart_data.h).
void add_ceiling_data(const results::Comparison& comparison, const ChartRow& row, nlohmann::json& sets);

}  // namespace threadmill::plots
