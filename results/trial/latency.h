#pragma once
// Percentiles of latencies, from histograms that are merged first: percentiles are never averaged.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "loadgen/histogram.h"

namespace threadmill::results {

/// How many latencies must lie above a percentile for it to be told: fewer are an accident.
inline constexpr double kFewestBeyond = 10;

/// In nanoseconds, to three significant digits; absent where fewer than kFewestBeyond latencies lie above.
struct Percentiles {
  std::optional<double> p50_ns;
  std::optional<double> p99_ns;
  std::optional<double> p999_ns;
  std::uint64_t count = 0;  ///< latencies recorded
};

/// One point of the distribution of a latency: `percentile` (0 to below 100) percent do not exceed `ns`.
struct PercentilePoint {
  double percentile = 0;
  double ns = 0;
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

  /// The whole distribution, by percentile: in even steps up to 95 %, then in ever smaller ones up to 99.99
  /// %, as far as kFewestBeyond latencies lie above. Empty where there are fewer than those.
  std::vector<PercentilePoint> curve() const;

 private:
  bool has_enough_beyond(double percentile) const;

  load::Histogram merged_;
};

}  // namespace threadmill::results
