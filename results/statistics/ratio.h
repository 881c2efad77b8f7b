#pragma once
// The ratio of two measurements with its interval. Ranks of logarithms, because costs multiply: 2x and 0.5x
// are equally far from 1. Pure functions; every thread may call them.

#include <cstddef>
#include <optional>
#include <vector>

#include "results/statistics/statistics.h"

namespace threadmill::results {

enum class Pairing { paired, unpaired };

/// first / second.
struct RatioEstimate {
  double ratio = 1;
  std::optional<Interval> interval;  ///< absent: too few samples
  double p_value = 1;                ///< two-sided, of the ratio being 1
  Pairing pairing = Pairing::paired;
  std::size_t first_count = 0;  ///< samples; both counts are the number of pairs where they are paired
  std::size_t second_count = 0;
};

/// From first / second of each pair (signed ranks). Ratios must be above 0; nothing when there are none.
std::optional<RatioEstimate> ratio_of_pairs(const std::vector<double>& ratios);

/// From two sets that have nothing to do with each other (rank sums). Values must be above 0; nothing when
/// either is empty.
std::optional<RatioEstimate> ratio_of_samples(const std::vector<double>& first,
                                              const std::vector<double>& second);

/// The same with first and second exchanged.
RatioEstimate inverse(const RatioEstimate& estimate);

/// How far the interval reaches from the estimate on the side where it reaches further, as a share of the
/// estimate (0.02: 2 %); nothing without an interval.
std::optional<double> precision_of(const RatioEstimate& estimate);

/// The smallest p-value that as many samples could show, however large the difference.
double smallest_p(const RatioEstimate& estimate);

}  // namespace threadmill::results
