#pragma once
// Whether values drift over time, without assuming a distribution. Pure; every thread may call it.

#include <optional>
#include <vector>

namespace threadmill::results {

struct Trend {
  double relative_change = 0;  ///< from the first value to the last along the slope of Theil and Sen, as a
                               ///< share of the median
  double p_value = 1;          ///< Kendall's rank correlation with time, two-sided
};

/// Of values in the order of time, equally spaced; nothing for fewer than four.
std::optional<Trend> trend(const std::vector<double>& values);

}  // namespace threadmill::results
