#pragma once
// The data sets of single metrics and of the main latency's percentiles.

#include <nlohmann/json_fwd.hpp>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// Adds the row's records to a data set for each metric, under its name in the CSV, and to "throughput" (the
/// main metric of the scenario), "cpu" (CPU-µs per unit of the main metric) and "latency". A record has,
/// beside what all have (plots/charts/chart_data.h):
///   kind         "median" (of the valid trials; of the merged histograms for latency) or "trial"
///   value, text  the number, and how to write it; latencies in µs, memory in MiB; the text of an invalid
///   cell's
///                median says so
///   percentile   latency only: "p50", "p99", "p99.9"
void add_metric_data(const ChartRow& row, nlohmann::json& sets);

}  // namespace threadmill::plots
