#pragma once
// The data set of each server beside the one that is first.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// Adds "against", one panel for each scenario and run in which somebody can be put beside the first one
/// (results/comparison/against.h), by what ranks them. Beside what all have (plots/charts/chart_data.h):
///   kind       "first", "ratio", or "invalid", which is compared with nothing
///   value      the figure divided by the first one's, repeat by repeat; 1 of the others
///   low, high  its 95 % interval or, below six repeats, the range of the repeats
///   confidence that of low and high, in percent
///   position   "first", "ahead", "behind" or "cannot be told"
///   repeats    that both have
///   text       "0.621×", "≥ 0.621×", "first", "invalid"
/// `rows` are those of `comparison`.
void add_against_data(const results::Comparison& comparison, const std::vector<ChartRow>& rows,
                      nlohmann::json& sets);

}  // namespace threadmill::plots
