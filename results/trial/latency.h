#pragma once
// Percentiles of latencies, from histograms that are merged first: percentiles are never averaged.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "loadgen/histogram.h"

namespace threadmill::results {

/// In nanoseconds, to three significant digits.
struct Percentiles {
  double p50_ns = 0;
  double p99_ns = 0;
  double p999_ns = 0;
  std::uint64_t count = 0;  ///< latencies recorded
};

/// One point of the distribution of a latency: `percentile` (0 to below 100) percent do not exceed `ns`.
struct PercentilePoint {
  double percentile = 0;
  double ns = 0;
};

/// How many latencies must lie above a percentile for it to be a point of a curve: fewer are an accident.
inline constexpr double kFewestBeyond = 10;

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

  /// The whole distribution, by percentile: in even steps up to 95 %, then in ever smaller ones up to 99.99
  /// %, as far as kFewestBeyond latencies lie above. Empty where there are fewer than those.
  std::vector<PercentilePoint> curve() const;

 private:
  load::Histogram merged_;
};

}  // namespace threadmill::results
