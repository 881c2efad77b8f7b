#include "results/statistics/ranks.h"

#include <algorithm>
#include <numeric>

namespace threadmill::results {

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> result;
  for (const double value : values) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
    const auto smaller = static_cast<double>(first - sorted.begin());
    const auto not_larger = static_cast<double>(last - sorted.begin());
    result.push_back((smaller + 1 + not_larger) / 2);
  }
  return result;
}

std::vector<std::size_t> tie_sizes(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<std::size_t> sizes;
  for (auto first = values.begin(); first != values.end();) {
    const auto last = std::upper_bound(first, values.end(), *first);
    if (last - first > 1) sizes.push_back(static_cast<std::size_t>(last - first));
    first = last;
  }
  return sizes;
}

}  // namespace threadmill::results
