#pragma once
// The data sets that the chart specifications in plots/charts/ name.

#include <nlohmann/json_fwd.hpp>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// An object with one array per data set; a set without records is absent, and so are the charts of it. Every
/// record has, where it is of one row:
///   scenario             the scenario's name
///   panel, panel_order   a title with the unit, to facet by
///   subject, order       the row's name and its place
///   state                the verdict on the cell: "server-bound", "generator-bound", "invalid", ...
///   color, dash          the subject's colour and dashes in every chart: plots/words/colours.h
///   ceiling              true for the ceiling
/// One record for each row or trial, every figure a field of its own:
///   cells                plots/charts/cell_data.h
///   trials               the same for each trial
///   by_connections, by_subscribers, by_message_bytes, by_rate_per_s, by_pipeline
///                        cells of scenarios that differ in that only: plots/charts/level_data.h
///   by_grid              who is best, over two such quantities: plots/charts/grid_data.h
/// One record for each mark:
///   throughput, cpu      the main metric of each scenario; CPU-µs per unit of it; and each metric under its
///                        name in the CSV: plots/charts/metric_data.h
///   latency              three percentiles of the main latency: plots/charts/metric_data.h
///   standings            who wins, and how far the others are behind: plots/charts/standing_data.h
///   percentiles, response_service
///                        whole distributions: plots/charts/percentile_data.h
///   against              ratios to the first one, with intervals: plots/charts/against_data.h
///   of_ceiling           the main metric as a share of the ceiling's: plots/charts/ceiling_data.h
///   cpu_parts            CPU time in user and system mode: plots/charts/cpu_parts_data.h
///   cost_model           CPU time predicted in its parts, and measured: plots/charts/cost_model_data.h
///   rate_over_time, latency_over_time, cpu_over_time, memory_over_time
///                        plots/charts/over_time_data.h
///   latency_load         of sweeps: plots/charts/sweep_chart_data.h
/// Names are made harmless (plots/text/text.h: plain), not escaped for any format.
nlohmann::json chart_data(const results::Comparison& comparison);

}  // namespace threadmill::plots
