#include "results/comparison/scenario_comparison.h"

#include <algorithm>

#include "results/file/json_access.h"
#include "results/trial/load_kind.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

/// A rate that is set tells nothing of how the machine did.
Metric steady_metric(const ScenarioComparison& scenario) {
  if (!scenario.open) return scenario.main_metric;
  return scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request;
}

}  // namespace

ScenarioComparison describe_scenario(const json& record) {
  ScenarioComparison scenario;
  scenario.name = text_at(record, "/name");
  scenario.title = text_at(record, "/title");
  if (scenario.title.empty()) scenario.title = scenario.name;
  scenario.question = text_at(record, "/question");
  if (const json* load = find_at(record, "/load")) scenario.load = *load;
  const auto kind = kind_of_load(scenario.load);
  scenario.pubsub = kind.pubsub;
  scenario.open = kind.open;
  scenario.paced = kind.paced;
  scenario.main_metric = kind.main_metric;
  scenario.main_latency = kind.main_latency;
  scenario.steady_metric = steady_metric(scenario);
  scenario.published = published_of(record);
  return scenario;
}

std::vector<Metric> telling_metrics(const ScenarioComparison& scenario) {
  std::vector<Metric> chosen{scenario.pubsub ? Metric::cpu_us_per_delivery : Metric::cpu_us_per_request};
  if (!scenario.open) chosen.push_back(scenario.main_metric);  // else it is as the schedule set it
  for (const LatencyTraits& traits : latencies()) {
    if (traits.latency == scenario.main_latency) chosen.insert(chosen.end(), {traits.p50, traits.p99});
  }
  return chosen;
}

const Row* find_row(const ScenarioComparison& scenario, std::size_t run, std::string_view subject) {
  const auto found = std::find_if(scenario.rows.begin(), scenario.rows.end(),
                                  [&](const Row& row) { return row.run == run && row.subject == subject; });
  return found == scenario.rows.end() ? nullptr : &*found;
}

}  // namespace threadmill::results
