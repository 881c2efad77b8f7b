#pragma once
// What a history follows from run to run.

#include <optional>
#include <string_view>

#include "results/sweep/sweep.h"
#include "results/trial/metrics.h"

namespace threadmill::results {

/// A metric of trials, or the capacity that a sweep found.
struct HistoryFigure {
  std::string_view name;     ///< as CSV and JSON call it; the unit is its end
  std::string_view meaning;  ///< one sentence
  Better better = Better::neither;
  std::optional<Metric> metric;  ///< nothing for a capacity

  bool operator==(const HistoryFigure& other) const { return name == other.name; }
};

HistoryFigure figure_of(Metric metric);

/// "capacity_per_s" or "capacity_connections".
HistoryFigure capacity_of(const Sweep& sweep);

}  // namespace threadmill::results
