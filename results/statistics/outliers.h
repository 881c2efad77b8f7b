#pragma once
// Values far from the others: to be shown, never to be dropped. Pure; every thread may call it.

#include <cstddef>
#include <vector>

namespace threadmill::results {

/// The places of values whose modified z-score exceeds 3.5 (Iglewicz and Hoaglin, How to Detect and Handle
/// Outliers, 1993). Fewer than five values have none.
std::vector<std::size_t> outliers(const std::vector<double>& values);

}  // namespace threadmill::results
