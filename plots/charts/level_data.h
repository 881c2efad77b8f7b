#pragma once
// The data sets of figures against the level of one quantity of the load.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// Adds "by_connections", "by_subscribers", "by_message_bytes", "by_rate_per_s" and "by_pipeline", each only
/// where scenarios differ in that quantity and in nothing else, and it has two levels or more. A record is
/// that of "cells" (plots/charts/cell_data.h), with
///   level               the quantity
///   panel, panel_order  what those scenarios have in common, without a unit: each chart names its own
///   order               the place of the subject among all of the panel
/// `rows` are those of `comparison`.
void add_level_data(const results::Comparison& comparison, const std::vector<ChartRow>& rows,
                    nlohmann::json& sets);

}  // namespace threadmill::plots
