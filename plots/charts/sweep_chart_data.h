#pragma once
// The data set of latency against load.

#include <nlohmann/json_fwd.hpp>

#include "plots/words/colours.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// Adds the data set "latency_load" to `sets` where there are sweeps. A panel for each limit of each sweep's
/// service level; `kind` says what a record is:
///   limit      value: the limit
///   probe      level, value, outcome ("meets", "violates", "cannot say")
///   curve      level, value: probes of about one level, merged
///   capacity   level, low, high; text: "epoll: 31,200 (29,800 to 33,000)", row: its place among them
/// Values in µs. scenario (of which it is a sweep), panel, panel_order, subject, order, color and ceiling as
/// in the other data sets.
void add_sweep_data(const results::Comparison& comparison, Colours& colours, nlohmann::json& sets);

}  // namespace threadmill::plots
