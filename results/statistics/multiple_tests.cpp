#include "results/statistics/multiple_tests.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace threadmill::results {

// The smallest p-value counts for all tests, the next for all but one, and none may overtake a smaller one
// (Holm, Scandinavian Journal of Statistics 6, 1979).
std::vector<double> holm(const std::vector<double>& p_values) {
  std::vector<std::size_t> by_size(p_values.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::sort(by_size.begin(), by_size.end(),
            [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> corrected(p_values.size());
  double largest = 0;
  for (std::size_t done = 0; done < by_size.size(); ++done) {
    const auto left = static_cast<double>(p_values.size() - done);
    largest = std::max(largest, std::min(1.0, left * p_values[by_size[done]]));
    corrected[by_size[done]] = largest;
  }
  return corrected;
}

}  // namespace threadmill::results
