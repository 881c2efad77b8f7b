#include "plots/words/metric_text.h"

#include <fmt/format.h>

#include "plots/text/text.h"
#include "plots/words/cells.h"

namespace threadmill::plots {

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
