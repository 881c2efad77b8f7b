#pragma once
// The data set that the chart of a history is drawn from.

#include <nlohmann/json_fwd.hpp>

#include "results/history/history.h"

namespace threadmill::plots {

/// An object with the data set "history". A panel for each metric of each scenario; `kind` says what a record
/// is:
///   run      run (from 1), started, commit; text: the figure; value, low_percent, high_percent: median and
///   its
///            interval (min and max where there is none), in percent of the median of the series, so that a
///            change of a fast server looks like one of a slow server; series
///   change   run (halfway between two), text: "epoll +6.7 %"; right: whether it is in the right half
///   label    text: "epoll: 5.60", of the last run
/// `row` counts changes, and labels, from the top of a panel. panel, panel_order, subject, color and ceiling
/// as in the data sets of a report (plots/charts/chart_data.h). By scenario (scenario_key()), subject, metric
/// and machine a reader of the page chooses what to see.
nlohmann::json history_data(const results::History& history);

}  // namespace threadmill::plots
