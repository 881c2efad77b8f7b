#pragma once
// The data set of the distance from the ceiling.

#include <nlohmann/json_fwd.hpp>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// Adds the row's records to "of_ceiling", where its run has a ceiling with good figures: `kind` "median" or
/// "trial", `value` in percent of the ceiling's main metric in the same repeat, `text`. The ceiling itself
/// has 100 and no trials; an invalid cell is compared with nothing: its value is 0 and its text says so.
/// Other fields as in all (plots/charts/chart_data.h).
void add_ceiling_data(const ChartRow& row, nlohmann::json& sets);

}  // namespace threadmill::plots
