#include "results/statistics/exact_distribution.h"

#include <algorithm>
#include <numeric>

namespace threadmill::results {

// The largest of i + j values is one of the i with probability i / (i + j), and then is larger than all of
// the j; otherwise it adds nothing (Mann and Whitney, Annals of Mathematical Statistics 18, 1947). of[i]
// belongs to i values of the first sample and j of the second.
ExactDistribution rank_sum_distribution(std::size_t first, std::size_t second) {
  const std::size_t values = first * second + 1;
  std::vector<ExactDistribution> of(first + 1, ExactDistribution(values, 0.0));
  for (auto& distribution : of) distribution[0] = 1;  // j = 0: there are no pairs
  for (std::size_t j = 1; j <= second; ++j) {
    for (std::size_t i = 1; i <= first; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(i + j);
      for (std::size_t u = 0; u < values; ++u) {
        const double largest_is_first = u < j ? 0 : of[i - 1][u - j];
        of[i][u] = share * largest_is_first + (1 - share) * of[i][u];
      }
    }
  }
  return of[first];
}

// Each further rank is in the sum or not, with probability 1/2.
ExactDistribution signed_rank_distribution(std::size_t count) {
  ExactDistribution distribution(count * (count + 1) / 2 + 1, 0.0);
  distribution[0] = 1;
  for (std::size_t rank = 1; rank <= count; ++rank) {
    for (std::size_t sum = distribution.size(); sum-- > 0;) {
      const double with_rank = sum < rank ? 0 : distribution[sum - rank];
      distribution[sum] = (distribution[sum] + with_rank) / 2;
    }
  }
  return distribution;
}

// The newest of n values has any number from 0 to n - 1 of the others below it, each equally likely (Kendall,
// Biometrika 30, 1938).
ExactDistribution rising_pairs_distribution(std::size_t count) {
  ExactDistribution distribution(count * (count - std::min<std::size_t>(count, 1)) / 2 + 1, 0.0);
  distribution[0] = 1;
  for (std::size_t n = 2; n <= count; ++n) {
    const ExactDistribution without = distribution;
    for (std::size_t pairs = 0; pairs < distribution.size(); ++pairs) {
      const std::size_t fewest = pairs < n - 1 ? 0 : pairs - (n - 1);
      const auto from = without.begin() + static_cast<std::ptrdiff_t>(fewest);
      const auto to = without.begin() + static_cast<std::ptrdiff_t>(pairs + 1);
      distribution[pairs] = std::accumulate(from, to, 0.0) / static_cast<double>(n);
    }
  }
  return distribution;
}

double lower_tail(const ExactDistribution& distribution, std::size_t count) {
  const auto end = distribution.begin() + static_cast<std::ptrdiff_t>(std::min(count, distribution.size()));
  return std::accumulate(distribution.begin(), end, 0.0);
}

double two_sided_p(const ExactDistribution& distribution, std::size_t value) {
  const std::size_t largest = distribution.size() - 1;
  const std::size_t in_lower_half = std::min(value, largest - value);
  return std::min(1.0, 2 * lower_tail(distribution, in_lower_half + 1));
}

std::size_t values_in_lower_tail(const ExactDistribution& distribution, double wanted) {
  double probability = 0;
  std::size_t count = 0;
  while (count < distribution.size() && (probability += distribution[count]) <= wanted) ++count;
  return count;
}

}  // namespace threadmill::results
