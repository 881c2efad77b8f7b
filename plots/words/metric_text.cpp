#include "plots/words/metric_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/text/text.h"
#include "plots/words/cells.h"

namespace threadmill::plots {
namespace {

using results::Metric;

/// "switches_per_request" as "switches per request".
std::string name_in_words(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

/// "p99 of service time"; "" where the metric is no percentile of a latency.
std::string percentile_words(Metric metric) {
  for (const auto& latency : results::latencies()) {
    if (metric == latency.p50) return fmt::format("p50 of {}", latency.name);
    if (metric == latency.p99) return fmt::format("p99 of {}", latency.name);
    if (metric == latency.p999) return fmt::format("p99.9 of {}", latency.name);
  }
  return {};
}

}  // namespace

std::string metric_words(Metric metric) {
  switch (metric) {
    case Metric::requests_per_s:
      return "requests/s";
    case Metric::deliveries_per_s:
      return "deliveries/s";
    case Metric::cpu_us_per_request:
      return "CPU-µs per request";
    case Metric::cpu_us_per_delivery:
      return "CPU-µs per delivery";
    default:
      break;
  }
  const std::string percentile = percentile_words(metric);
  return percentile.empty() ? name_in_words(results::traits_of(metric).name) : percentile;
}

// A metric's name ends in its unit, see results::MetricTraits.
std::string metric_value(results::Metric metric, double value) {
  const std::string_view name = results::traits_of(metric).name;
  if (name.ends_with("_ns")) return latency_text(value);
  if (name.ends_with("_percent")) return percent(value);
  if (name.find("bytes") != std::string_view::npos) return bytes(value);
  return number(value);
}

std::string median_of_metric(results::Metric metric, const std::optional<results::Spread>& spread) {
  return spread ? metric_value(metric, spread->median) : std::string(no_number);
}

std::string share_words(const std::optional<double>& share) {
  if (!share) return std::string(no_number);
  const std::string text = fmt::format("{:.1f}", 100 * *share);
  return (text.ends_with(".0") ? text.substr(0, text.size() - 2) : text) + " %";
}

}  // namespace threadmill::plots
