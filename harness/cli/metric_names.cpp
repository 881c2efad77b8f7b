#include "harness/cli/metric_names.h"

#include <fmt/format.h>

#include "harness/cli/option_values.h"
#include "harness/errors.h"
#include "harness/suggest.h"

namespace threadmill::harness {
namespace {

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const auto& traits : results::metrics()) {
    if (traits.better != results::Better::neither) names.emplace_back(traits.name);
  }
  return names;
}

results::Metric metric_called(const std::string& name) {
  const auto metric = results::find_metric(name);
  if (!metric) throw InputError("--metric: " + unknown_name_message("metric", name, known_names()));
  if (results::traits_of(*metric).better == results::Better::neither)
    throw InputError(fmt::format("--metric: of {} neither more nor less is better; choose another", name));
  return *metric;
}

}  // namespace

std::vector<results::Metric> metrics_with_direction(const std::vector<std::string>& lists) {
  std::vector<results::Metric> metrics;
  for (const auto& name : names_in(lists, "--metric")) metrics.push_back(metric_called(name));
  return metrics;
}

}  // namespace threadmill::harness
