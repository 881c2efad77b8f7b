#pragma once
// Distributions of rank statistics under the assumption that there is nothing to find, by counting: how often
// each value occurs when every order (or every choice of signs) is equally likely. No library that we use has
// them. Pure functions; every thread may call them.

#include <cstddef>
#include <vector>

namespace threadmill::results {

/// The probabilities of 0, 1, 2, ... of a statistic that is symmetric about the middle of its range.
using ExactDistribution = std::vector<double>;

/// Of U: the pairs (one of `first`, one of `second`) whose first is the larger. Values 0 to first * second.
ExactDistribution rank_sum_distribution(std::size_t first, std::size_t second);

/// Of V: the sum of those of the ranks 1 to `count` whose sign is positive. Values 0 to count(count + 1)/2.
ExactDistribution signed_rank_distribution(std::size_t count);

/// Of the pairs that stand in rising order in a sequence of `count`. Values 0 to count(count - 1)/2.
ExactDistribution rising_pairs_distribution(std::size_t count);

/// The probability of a value at least as far from the middle as `value`, on either side.
double two_sided_p(const ExactDistribution& distribution, std::size_t value);

/// How many of the smallest values together have at most the probability `wanted`.
std::size_t values_in_lower_tail(const ExactDistribution& distribution, double wanted);

/// The probability of the `count` smallest values together.
double lower_tail(const ExactDistribution& distribution, std::size_t count);

}  // namespace threadmill::results
