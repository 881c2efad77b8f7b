#pragma once
// What a generator reported against what was so.

#include <cstdint>
#include <span>
#include <vector>

#include "loadgen/histogram.h"

namespace threadmill::load::reference {

struct TruthRow {
  double percentile = 0;
  std::int64_t true_ns = 0;
  std::int64_t reported_ns = 0;
  std::int64_t error_ns = 0;  ///< reported less true
  bool operator==(const TruthRow&) const = default;
};

/// One row for each percentile (0 .. 100), in the order given.
std::vector<TruthRow> compare_with_truth(const Histogram& reported, const Histogram& truth,
                                         std::span<const double> percentiles);

/// How far a reported value may be off: the larger of the two.
struct Tolerance {
  std::int64_t ns = 25'000;
  double share = 0.02;  ///< of the true value
};

bool agrees(const TruthRow& row, const Tolerance& tolerance = {});

}  // namespace threadmill::load::reference
