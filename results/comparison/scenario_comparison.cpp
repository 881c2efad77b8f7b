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

std::optional<Behaviour> behaviour_of(const json& record) {
  if (find_at(record, "/behaviour/name") == nullptr) return std::nullopt;
  Behaviour behaviour{text_at(record, "/behaviour/name"), text_at(record, "/behaviour/calm"), {}, 1};
  if (!behaviour.calm.empty()) behaviour.metric = find_metric(text_at(record, "/behaviour/metric"));
  const double within = number_at(record, "/behaviour/held_within").value_or(1);
  if (within > 0 && within <= 1) behaviour.held_within = within;
  return behaviour;
}

/// Two runs that asked for other things beside the load did not run the same.
json conditions_of(const json& record) {
  json conditions;
  for (const char* key : {"server", "fault", "network"}) {
    if (record.contains(key)) conditions[key] = record.at(key);
  }
  return conditions;
}

std::map<std::string, std::string> texts_by_name(const json& object) {
  std::map<std::string, std::string> texts;
  if (!object.is_object()) return texts;
  for (const auto& [name, text] : object.items())
    if (text.is_string()) texts[name] = text.get<std::string>();
  return texts;
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
  scenario.conditions = conditions_of(record);
  scenario.behaviour = behaviour_of(record);
  if (const json* whom = find_at(record, "/not_applicable")) scenario.not_applicable = texts_by_name(*whom);
  return scenario;
}

const json* ScenarioComparison::network() const { return find_at(conditions, "/network"); }

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
