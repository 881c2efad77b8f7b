#include "results/trial/latency.h"

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "results/file/json_access.h"

namespace threadmill::results {

void MergedLatency::add(const nlohmann::json* histogram) {
  if (histogram == nullptr || histogram->is_null()) return;
  const std::string encoded = text_at(*histogram, "/hdr_v2");
  if (encoded.empty()) throw std::runtime_error("no hdr_v2 text");
  load::Histogram decoded = load::Histogram::decode(encoded);
  if (find_at(*histogram, "/min") != nullptr && find_at(*histogram, "/max") != nullptr &&
      decoded.count() > 0) {
    const auto at = [&](const char* pointer) {
      return integer_at(*histogram, pointer, 0, load::Histogram::kHighest).value_or(-1);
    };
    decoded.restore_range(at("/min"), at("/max"));  // refuses what is out of its range
  }
  merged_.merge(decoded);
}

std::optional<Percentiles> MergedLatency::percentiles() const {
  if (merged_.count() == 0) return std::nullopt;
  const auto at = [&](double percentile) {
    return has_enough_beyond(percentile) ? at_percentile(percentile) : std::nullopt;
  };
  return Percentiles{at(50), at(99), at(99.9), merged_.count()};
}

std::optional<double> MergedLatency::at_percentile(double percentile) const {
  if (merged_.count() == 0) return std::nullopt;
  return static_cast<double>(merged_.value_at_percentile(percentile));
}

std::vector<PercentilePoint> MergedLatency::curve() const {
  constexpr std::array steps{0.0,  1.0,  5.0,  10.0, 15.0, 20.0, 25.0,  30.0,  35.0,  40.0, 45.0,
                             50.0, 55.0, 60.0, 65.0, 70.0, 75.0, 80.0,  85.0,  90.0,  95.0, 97.5,
                             98.5, 99.0, 99.5, 99.7, 99.8, 99.9, 99.95, 99.97, 99.98, 99.99};
  std::vector<PercentilePoint> points;
  for (const double percentile : steps) {
    if (!has_enough_beyond(percentile)) break;
    points.push_back({percentile, static_cast<double>(merged_.value_at_percentile(percentile))});
  }
  return points;
}

bool MergedLatency::has_enough_beyond(double percentile) const {
  constexpr double rounding = 1e-6;  // 99.99 % of 100,000 has 10 beyond it, and not 9.9999999
  return static_cast<double>(merged_.count()) * (100 - percentile) / 100 + rounding >= kFewestBeyond;
}

}  // namespace threadmill::results
