#pragma once
// The data sets with one wide record for each row, and for each trial.

#include <nlohmann/json_fwd.hpp>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// A record of "cells". Beside what all have (plots/charts/chart_data.h):
///   comparable           false: the cell is invalid
///   connections, subscribers, message_bytes, rate_per_s, pipeline
///                        of the load, where it has them, each a single number
///   unit, main, main_low, main_high
///                        the main metric: median, least and most of the valid trials
///   METRIC, METRIC_low, METRIC_high
///                        the same of every metric that was measured, under its name and in its unit in the
///                        CSV
///   peak_mib, peak_mib_low, peak_mib_high
///                        pss_peak_bytes in MiB, for an axis
///   of_ceiling, of_ceiling_low, of_ceiling_high
///                        the main metric as a share of the ceiling's
///   standing             by the main metric: "winner", "too close", "beaten", "invalid" or "not judged"
///   of_leader            the main metric as a share of the leader's, where both can be compared
nlohmann::json cell_record(const ChartRow& row);

/// Adds the row's record to "cells", and one for each of its trials to "trials": repeat (from 1), valid,
/// problem (of one that is not), the load's quantities, main, and every METRIC.
void add_cell_data(const ChartRow& row, nlohmann::json& sets);

}  // namespace threadmill::plots
