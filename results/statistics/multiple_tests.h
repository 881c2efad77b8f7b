#pragma once
// Many tests at once: one in twenty would find something where there is nothing. Pure; every thread may call
// it.

#include <vector>

namespace threadmill::results {

/// A p-value of at most this, corrected for all tests beside it, is no chance.
inline constexpr double significance_level = 0.05;

/// The p-values corrected by the method of Holm (1979), in the order given.
std::vector<double> holm(const std::vector<double>& p_values);

}  // namespace threadmill::results
