#pragma once
// The data sets of whole latency distributions, from merged histograms.

#include <nlohmann/json_fwd.hpp>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// Adds the row's records to "percentiles": one for each point of each latency's distribution, up to p99.99
/// where enough was measured. Beside what all have (plots/charts/chart_data.h):
///   latency, main   "service time", "response time", "delivery", ...; true for what a user would feel
///   percentile      0 to 99.99
///   one_in          1 / (1 - percentile / 100): 100 for p99; the axis of an HDR plot
///   value           µs
/// and to "response_service", where a schedule sends, the same from the schedule ("response") and from the
/// actual send ("service") with the field `counted_from`.
void add_percentile_data(const ChartRow& row, nlohmann::json& sets);

}  // namespace threadmill::plots
