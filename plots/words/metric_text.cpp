#include "plots/words/metric_text.h"

#include "plots/words/cells.h"
#include "plots/text/text.h"

namespace threadmill::plots {

// A metric's name ends in its unit, see results::MetricTraits.
std::string metric_value(results::Metric metric, double value) {
  const std::string_view name = results::traits_of(metric).name;
  if (name.ends_with("_ns")) return latency_text(value);
  if (name.ends_with("_percent")) return percent(value);
  if (name.find("bytes") != std::string_view::npos) return bytes(value);
  return number(value);
}

}  // namespace threadmill::plots
