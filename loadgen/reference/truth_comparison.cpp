#include "loadgen/reference/truth_comparison.h"

#include <algorithm>
#include <cstdlib>

namespace threadmill::load::reference {

std::vector<TruthRow> compare_with_truth(const Histogram& reported, const Histogram& truth,
                                         std::span<const double> percentiles) {
  std::vector<TruthRow> rows;
  for (const double percentile : percentiles) {
    const std::int64_t true_ns = truth.value_at_percentile(percentile);
    const std::int64_t reported_ns = reported.value_at_percentile(percentile);
    rows.push_back({percentile, true_ns, reported_ns, reported_ns - true_ns});
  }
  return rows;
}

bool agrees(const TruthRow& row, const Tolerance& tolerance) {
  const double allowed_ns =
      std::max(static_cast<double>(tolerance.ns), tolerance.share * static_cast<double>(row.true_ns));
  return static_cast<double>(std::llabs(row.error_ns)) <= allowed_ns;
}

}  // namespace threadmill::load::reference
