#pragma once
// Whether the trials of a row agree with each other: values far from the others, and a drift over time. Both
// are told and change no figure.

#include <cstdint>
#include <optional>
#include <vector>

#include "results/statistics/trend.h"
#include "results/trial/trial.h"

namespace threadmill::results {

/// A trial whose value is an outlier among its row's (results/statistics/outliers.h). It counts like the
/// others.
struct FarTrial {
  std::int64_t repeat = 0;  ///< from 0
  double from_median = 0;   ///< as a share of the median: -0.12 is 12 % below
};

struct Stability {
  Metric metric = Metric::requests_per_s;  ///< by which the trials are held against each other
  std::vector<FarTrial> far;
  std::optional<Trend> drift;  ///< only one that chance explains in less than `drift_p_value` of all rows and
                               ///< that is larger than the noise
};

inline constexpr double drift_p_value = 0.05;

/// Of the valid trials, in the order in which they ran. Pure.
Stability stability_of(const std::vector<Trial>& trials, Metric metric);

}  // namespace threadmill::results
