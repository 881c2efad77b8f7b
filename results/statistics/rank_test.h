#pragma once
// Rank tests (Wilcoxon), which assume no distribution: how far two sets of values are apart, and how sure
// that is. Exact for fewer than 50 values without ties; beyond that by the normal approximation with
// corrections for ties and continuity, as R's wilcox.test() has it. Pure functions; every thread may call
// them.

#include <cstddef>
#include <optional>
#include <vector>

#include "results/statistics/statistics.h"

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

/// The distance from 0 of differences of pairs: Wilcoxon's signed-rank test, which leaves zeros out of the
/// p-value (the estimate and its interval have them). Nothing when there are none.
std::optional<Shift> signed_rank_shift(const std::vector<double>& differences, double confidence = 0.95);

/// The smallest p-value that so many values can give, however far apart they are.
double smallest_rank_sum_p(std::size_t first, std::size_t second);
double smallest_signed_rank_p(std::size_t count);

/// The fewest values on each side, or pairs, that can give a p-value of `significance` or less.
std::size_t rank_sum_count_needed(double significance);
std::size_t signed_rank_count_needed(double significance);

}  // namespace threadmill::results
