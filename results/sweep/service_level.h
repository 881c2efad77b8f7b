#pragma once
// A service level: the latencies that a server must keep.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::results {

/// One limit, such as p99<5ms.
struct LatencyLimit {
  static constexpr std::int64_t kLongestNs = 60'000'000'000;  ///< no histogram holds more

  std::string_view name;  ///< "p99", "max"
  double percentile = 0;  ///< 100 for max
  std::int64_t below_ns = 0;

  /// "p99<5ms"
  std::string text() const;
  bool operator==(const LatencyLimit&) const = default;
};

/// All of its limits must be kept.
struct ServiceLevel {
  std::vector<LatencyLimit> limits;  ///< at least one; each percentile at most once

  /// Reads "p99<5ms" or "p50<200us,p99.9<20ms": p50, p90, p95, p99, p99.9, p99.99 or max; a decimal number;
  /// ns, us, µs, ms or s. Throws std::invalid_argument that says what is wrong and how to write it.
  static ServiceLevel parse(std::string_view text);
  /// What parse() reads back.
  std::string text() const;
  /// The largest of its limits.
  std::int64_t longest_ns() const;

  bool operator==(const ServiceLevel&) const = default;
};

}  // namespace threadmill::results
