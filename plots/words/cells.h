#pragma once
// Cells that tables share: a row's number as text.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// The row's name; a ceiling says that it is one.
std::string label_cell(const results::Row& row);

/// The row's name as charts call it: short, and a ceiling says that it is one.
std::string short_label(const std::string& label, bool is_ceiling);

/// The median of a metric, through `format`.
std::string median_cell(const results::Row& row, results::Metric metric, std::string (*format)(double));

/// The median of the main metric; "≥ " before it when the load generator was the limit.
std::string main_cell(const results::Row& row, results::Metric metric);

/// "min to max" of a metric.
std::string range_cell(const results::Row& row, results::Metric metric, std::string (*format)(double));

/// The proportion to the ceiling, "median (min to max)"; "1" for the ceiling itself.
std::string of_ceiling_cell(const results::Row& row);

/// A latency as a duration; "≥ 60.0 s" at the end of what histograms can hold.
std::string latency_text(double nanoseconds);

/// One percentile of a row's merged histogram.
std::string percentile_cell(const std::optional<results::Percentiles>& percentiles,
                            double results::Percentiles::*which);

/// "12.3 %".
std::string percent(double value);

}  // namespace threadmill::plots
