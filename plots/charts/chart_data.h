#pragma once
// The data sets that the chart specifications in plots/charts/ name.

#include <nlohmann/json_fwd.hpp>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// An object with one array per data set. A data set for each metric, under its name in the CSV, and three
/// more: "throughput" (the main metric of each scenario), "cpu" (CPU-µs per unit of the main metric) and
/// "latency" (long form: one record per percentile). A record has:
///   panel, panel_order   the scenario's title with the unit; facet by it
///   scenario             its name, by which a page lets the reader choose
///   subject, order       the row's name and its place
///   kind                 "median" (of the valid trials; of the merged histograms for latency) or "trial"
///   value, text          the number, and how to write it; latencies in µs, memory in MiB;
///                        the text of an invalid cell's median says so
///   state                the verdict on the cell: "server-bound", "generator-bound", "invalid", ...
///   color, ceiling       the subject's colour in every chart; true for the ceiling
///   percentile           latency only: "p50", "p99", "p99.9"
/// and, where there are sweeps, "latency_load" (plots/charts/sweep_chart_data.h).
nlohmann::json chart_data(const results::Comparison& comparison);

}  // namespace threadmill::plots
