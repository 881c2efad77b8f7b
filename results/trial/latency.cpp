#include "results/trial/latency.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "results/file/json_access.h"

namespace threadmill::results {

void MergedLatency::add(const nlohmann::json* histogram) {
  if (histogram == nullptr || histogram->is_null()) return;
  const std::string encoded = text_at(*histogram, "/hdr_v2");
  if (encoded.empty()) throw std::runtime_error("no hdr_v2 text");
  load::Histogram decoded = load::Histogram::decode(encoded);
  const auto min = number_at(*histogram, "/min"), max = number_at(*histogram, "/max");
  if (min && max && decoded.count() > 0) {
    decoded.restore_range(static_cast<std::int64_t>(*min), static_cast<std::int64_t>(*max));
  }
  merged_.merge(decoded);
}

std::optional<Percentiles> MergedLatency::percentiles() const {
  if (merged_.count() == 0) return std::nullopt;
  const auto at = [&](double percentile) {
    return static_cast<double>(merged_.value_at_percentile(percentile));
  };
  return Percentiles{at(50), at(99), at(99.9), merged_.count()};
}

std::optional<double> MergedLatency::at_percentile(double percentile) const {
  if (merged_.count() == 0) return std::nullopt;
  return static_cast<double>(merged_.value_at_percentile(percentile));
}

}  // namespace threadmill::results
