#include "results/statistics/statistics.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <stdexcept>

namespace threadmill::results {

double median(std::vector<double> values) {
  if (values.empty()) throw std::invalid_argument("median of no values");
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Each value lies below the median with probability 1/2, so the number that do is binomial, and the ranks r
// and n+1-r miss the median only when fewer than r values lie on one of its sides (David and Nagaraja, Order
// Statistics, 3rd edition, section 7.1).
std::optional<Interval> median_interval(std::vector<double> values, double wanted) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  const boost::math::binomial below(static_cast<double>(n), 0.5);
  std::optional<Interval> narrowest;
  for (std::size_t rank = 1; rank <= n / 2; ++rank) {
    const double confidence = 1 - 2 * boost::math::cdf(below, static_cast<double>(rank - 1));
    if (confidence < wanted) break;
    narrowest = Interval{values[rank - 1], values[n - rank], confidence};
  }
  return narrowest;
}

double range_confidence(std::size_t count) {
  return count == 0 ? 0 : 1 - std::exp2(1 - static_cast<double>(count));
}

std::optional<Spread> spread(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  return Spread{values.size(), median(values), *min, *max, median_interval(values)};
}

}  // namespace threadmill::results
