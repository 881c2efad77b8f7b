#pragma once
// Rank tests (Wilcoxon), which assume no distribution: how far two sets of values are apart, and how sure
// that is. Pure functions; every thread may call them.

#include <optional>
#include <vector>

#include "results/statistics.h"

namespace threadmill::results {

/// How far apart: the estimate of Hodges and Lehmann, its interval, and the probability of a distance at
/// least as large if there were none.
struct Shift {
  double estimate = 0;
  std::optional<Interval> interval;  ///< absent where there are too few values for the wanted confidence
  double p_value = 1;                ///< two-sided
};

/// `first` less `second`, values that have nothing to do with each other: the rank-sum test of Wilcoxon, Mann
/// and Whitney. Nothing when either is empty.
std::optional<Shift> rank_sum_shift(const std::vector<double>& first, const std::vector<double>& second,
                                    double confidence = 0.95);

/// The distance from 0 of differences of pairs: Wilcoxon's signed-rank test. Nothing when there are none.
std::optional<Shift> signed_rank_shift(const std::vector<double>& differences, double confidence = 0.95);

}  // namespace threadmill::results
