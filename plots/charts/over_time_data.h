#pragma once
// The data sets of what happened over the time of a trial.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// A line through fewer points says nothing of time.
inline constexpr std::size_t kFewestSecondsOverTime = 3;
inline constexpr std::size_t kFewestSamplesOverTime = 5;

/// Adds the row's records, of its valid trial in the middle by the main metric, to
///   rate_over_time     value: requests/s (of chat: publications/s) in each second
///   latency_over_time  value: µs; percentile: "p50" or "p99" of each second
///   cpu_over_time      value: percent of one CPU between two samples of the server
///   memory_over_time   value: MiB (PSS) of the server
/// where there are kFewestSecondsOverTime (rates, latencies) or kFewestSamplesOverTime (CPU, memory).
/// `second` counts from the start of the measured window; other fields as in all (plots/charts/chart_data.h).
void add_over_time_data(const ChartRow& row, nlohmann::json& sets);

}  // namespace threadmill::plots
