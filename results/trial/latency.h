#pragma once
// Percentiles of latencies, from histograms that are merged first: percentiles are never averaged.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "loadgen/histogram.h"

namespace threadmill::results {

/// In nanoseconds, to three significant digits.
struct Percentiles {
  double p50_ns = 0;
  double p99_ns = 0;
  double p999_ns = 0;
  std::uint64_t count = 0;  ///< latencies recorded
};

/// Collects the histograms of load reports.
class MergedLatency {
 public:
  /// Adds a HIST object of a load report; a null or missing one (nullptr) adds nothing.
  /// Throws an exception derived from std::exception that says why it cannot be decoded.
  void add(const nlohmann::json* histogram);

  /// Nothing as long as no latency was added.
  std::optional<Percentiles> percentiles() const;

  /// The latency that `percentile` (0 to 100) percent do not exceed, in ns; 100 is the largest. Nothing as
  /// long as no latency was added.
  std::optional<double> at_percentile(double percentile) const;

 private:
  load::Histogram merged_;
};

}  // namespace threadmill::results
