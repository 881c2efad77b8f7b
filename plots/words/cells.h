#pragma once
// Cells that tables share: a row's number as text.

#include <string>
#include <string_view>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// The row's name; a ceiling says that it is one.
std::string label_cell(const results::Row& row);

/// The row's name as charts call it: short, and a ceiling says that it is one.
std::string short_label(const std::string& label, bool is_ceiling);

/// What stands before a number of which a load generator that was the limit hid a part: "≥ ", "≤ " or, where
/// nobody can say on which side the true one lies, "? "; "" for one that is as measured.
std::string_view bound_mark(results::Hidden hidden);

/// The median of a metric, through `format`, with its bound's mark.
std::string median_cell(const results::Row& row, results::Metric metric, std::string (*format)(double));

/// "min to max" of a metric.
std::string range_cell(const results::Row& row, results::Metric metric, std::string (*format)(double));

/// The proportion to the ceiling, "median (min to max)" with its bound's mark; "1" for the ceiling itself.
std::string of_ceiling_cell(const results::Row& row);

/// The same without the range.
std::string short_of_ceiling_cell(const results::Row& row);

/// A latency as a duration with its bound's mark; at least "60.0 s" at the end of what histograms can hold.
std::string latency_text(double nanoseconds, results::Hidden hidden = results::Hidden::nothing);

/// One percentile of merged histograms; "–" where there is none.
std::string percentile_cell(const std::optional<results::Percentiles>& percentiles,
                            std::optional<double> results::Percentiles::*which,
                            results::Hidden hidden = results::Hidden::nothing);

/// Of a row's, with its bound's mark.
std::string percentile_cell(const results::Row& row, results::Latency latency,
                            std::optional<double> results::Percentiles::*which);

/// What the generator hid of all percentiles of a row's latency.
results::Hidden hidden_of_latency(const results::Row& row, results::Latency latency);

/// "12.3 %".
std::string percent(double value);

}  // namespace threadmill::plots
