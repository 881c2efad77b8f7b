#pragma once
// Ranks of values, and what ties do to tests on ranks. Pure functions; every thread may call them.

#include <cstddef>
#include <vector>

namespace threadmill::results {

/// The rank of each value, from 1; values that are equal share the mean of their ranks.
std::vector<double> ranks(const std::vector<double>& values);

/// How many values are equal, for each group of two or more.
std::vector<std::size_t> tie_sizes(std::vector<double> values);

}  // namespace threadmill::results
