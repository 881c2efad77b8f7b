#include "results/comparison/stability.h"

#include <algorithm>
#include <cmath>

#include "results/statistics/outliers.h"
#include "results/statistics/statistics.h"

namespace threadmill::results {
namespace {

/// The trials that have a value, in the order of time.
std::vector<const Trial*> in_order(const std::vector<Trial>& trials, Metric metric) {
  std::vector<const Trial*> ordered;
  for (const Trial& trial : trials) {
    if (trial.valid() && trial.values[metric]) ordered.push_back(&trial);
  }
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Trial* a, const Trial* b) { return a->sequence < b->sequence; });
  return ordered;
}

bool is_told(const Trend& trend, const std::vector<double>& values) {
  return trend.p_value < drift_p_value && std::abs(trend.relative_change) > spread(values)->noise();
}

}  // namespace

Stability stability_of(const std::vector<Trial>& trials, Metric metric) {
  const auto ordered = in_order(trials, metric);
  std::vector<double> values;
  for (const Trial* trial : ordered) values.push_back(*trial->values[metric]);
  Stability stability;
  stability.metric = metric;
  if (values.empty()) return stability;
  const double middle = median(values);
  for (const std::size_t place : outliers(values)) {
    stability.far.push_back(
        {ordered[place]->repeat, middle == 0 ? 0 : (values[place] - middle) / std::abs(middle)});
  }
  const auto over_time = trend(values);
  if (over_time && is_told(*over_time, values)) stability.drift = over_time;
  return stability;
}

}  // namespace threadmill::results
