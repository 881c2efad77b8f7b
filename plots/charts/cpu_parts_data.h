#pragma once
// The data set of CPU time in user and system mode.

#include <nlohmann/json_fwd.hpp>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// Adds the row's records to "cpu_parts", where some row of its scenario can be split, in CPU-µs for each
/// request (of chat: each publication), medians. Beside what all have (plots/charts/chart_data.h):
///   kind              "part", of a stack, or "median": the whole
///   part, part_order  "user", "system", or "not split" where nobody can say; from the axis outwards
///   value, text       µs; the whole has a text, which of an invalid cell says so
void add_cpu_parts_data(const ChartRow& row, nlohmann::json& sets);

}  // namespace threadmill::plots
