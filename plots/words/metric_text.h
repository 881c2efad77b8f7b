#pragma once
// A metric's name and values as people read them. Pure functions.

#include <optional>
#include <string>

#include "results/statistics/statistics.h"
#include "results/trial/metrics.h"

namespace threadmill::plots {

/// What people call it: "requests/s", "CPU-µs per request", "p99 of service time"; of those that few look at,
/// the words of the name in the CSV.
std::string metric_words(results::Metric metric);

/// In the unit that reads best: durations, bytes, percent, or a plain number.
std::string metric_value(results::Metric metric, double value);

/// The median of what was measured; "–" where there is none.
std::string median_of_metric(results::Metric metric, const std::optional<results::Spread>& spread);

/// A share of 1 as "1.2 %"; "–" where it is not known.
std::string share_words(const std::optional<double>& share);

}  // namespace threadmill::plots
