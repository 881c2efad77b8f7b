#include "results/statistics/outliers.h"

#include <cmath>
#include <numeric>

#include "results/statistics/statistics.h"

namespace threadmill::results {
namespace {

constexpr std::size_t fewest_values = 5;
constexpr double kLimit = 3.5;
// What turns the median, or the mean, of the distances from the median into the standard deviation, where
// values are normally distributed: 1 / quantile(0.75), and sqrt(pi / 2).
constexpr double deviations_per_median_distance = 1.482602218505602;
constexpr double deviations_per_mean_distance = 1.2533141373155001;

/// A deviation that a few far values do not stretch. Where more than half of the values are equal the median
/// of the distances is 0, and the mean stands in (as the same authors advise).
double robust_deviation(const std::vector<double>& distances) {
  const double middle = median(distances);
  if (middle > 0) return deviations_per_median_distance * middle;
  const double sum = std::accumulate(distances.begin(), distances.end(), 0.0);
  return deviations_per_mean_distance * sum / static_cast<double>(distances.size());
}

}  // namespace

std::vector<std::size_t> outliers(const std::vector<double>& values) {
  std::vector<std::size_t> places;
  if (values.size() < fewest_values) return places;
  const double middle = median(values);
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::abs(value - middle));
  const double deviation = robust_deviation(distances);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (distances[i] > kLimit * deviation) places.push_back(i);
  return places;
}

}  // namespace threadmill::results
