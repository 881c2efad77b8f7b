#pragma once
// Statistics over a handful of trials: medians, and what can be said about them without assuming a
// distribution. Pure functions; every thread may call them.

#include <cstddef>
#include <optional>
#include <vector>

namespace threadmill::results {

/// A range that contains the true median with probability `confidence` (0 to 1), whatever the distribution.
struct Interval {
  double low = 0;
  double high = 0;
  double confidence = 0;
};

/// What a set of trials says about one number.
struct Spread {
  std::size_t count = 0;
  double median = 0;
  double min = 0;
  double max = 0;
  std::optional<Interval> interval;  ///< of the median, at 95 % or more; absent below six trials

  /// How noisy the trials were: half the distance from min to max, as a share of the median (0 where that is
  /// 0).
  double noise() const { return median == 0 ? 0 : (max - min) / (2 * median); }
};

/// The middle value, or the mean of the two middle ones. Throws std::invalid_argument when there is none.
double median(std::vector<double> values);

/// The narrowest interval between two order statistics, equally far from both ends, that contains the median
/// of the population with at least the `wanted` probability; nothing when there are too few values for that.
std::optional<Interval> median_interval(std::vector<double> values, double wanted = 0.95);

/// The probability that smallest and largest of `count` values enclose the median of the population: 1 -
/// 2^(1-count).
double range_confidence(std::size_t count);

/// Median, extremes and interval; nothing for no values.
std::optional<Spread> spread(const std::vector<double>& values);

}  // namespace threadmill::results
