#include "results/statistics/trend.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "results/statistics/exact_distribution.h"
#include "results/statistics/ranks.h"
#include "results/statistics/statistics.h"

namespace threadmill::results {
namespace {

constexpr std::size_t fewest_for_a_trend = 4;
// From here on R's cor.test(method = "kendall") uses the normal approximation.
constexpr std::size_t exact_trend_below = 50;

/// The median of the slopes between any two values (Sen, Journal of the American Statistical Association 63,
/// 1968).
double theil_sen_slope(const std::vector<double>& values) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = i + 1; j < values.size(); ++j)
      slopes.push_back((values[j] - values[i]) / static_cast<double>(j - i));
  return median(std::move(slopes));
}

struct Pairs {
  std::size_t rising = 0;
  std::size_t falling = 0;
};

Pairs count_pairs(const std::vector<double>& values) {
  Pairs pairs;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      if (values[j] > values[i]) ++pairs.rising;
      if (values[j] < values[i]) ++pairs.falling;
    }
  }
  return pairs;
}

/// Of rising less falling pairs; only the values may be tied, never the times (Kendall, Rank Correlation
/// Methods, 1970, chapter 4).
double normal_p(const Pairs& pairs, const std::vector<double>& values) {
  const auto weight = [](std::size_t count) {
    const auto n = static_cast<double>(count);
    return n * (n - 1) * (2 * n + 5);
  };
  double variance = weight(values.size());
  for (const std::size_t size : tie_sizes(values)) variance -= weight(size);
  variance /= 18;
  if (!(variance > 0)) return 1;
  const double score = std::abs(static_cast<double>(pairs.rising) - static_cast<double>(pairs.falling));
  return 2 * boost::math::cdf(boost::math::complement(boost::math::normal(), score / std::sqrt(variance)));
}

double kendall_p(const std::vector<double>& values) {
  const Pairs pairs = count_pairs(values);
  if (values.size() < exact_trend_below && tie_sizes(values).empty())
    return two_sided_p(rising_pairs_distribution(values.size()), pairs.rising);
  return normal_p(pairs, values);
}

}  // namespace

std::optional<Trend> trend(const std::vector<double>& values) {
  if (values.size() < fewest_for_a_trend) return std::nullopt;
  const double change = theil_sen_slope(values) * static_cast<double>(values.size() - 1);
  const double middle = median(values);
  return Trend{middle == 0 ? 0 : change / std::abs(middle), kendall_p(values)};
}

}  // namespace threadmill::results
