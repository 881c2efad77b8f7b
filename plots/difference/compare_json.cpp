#include "plots/difference/compare_json.h"

#include <nlohmann/json.hpp>

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::Change;
using results::ChangeTable;

json interval_json(const std::optional<results::Interval>& interval) {
  return interval ? json{interval->low, interval->high} : json(nullptr);
}

json spread_json(const std::optional<results::Spread>& spread) {
  if (!spread) return nullptr;
  return {{"count", spread->count},
          {"median", spread->median},
          {"min", spread->min},
          {"max", spread->max},
          {"interval", interval_json(spread->interval)}};
}

json change_json(results::Metric metric, const Change& change) {
  const auto& traits = results::traits_of(metric);
  json record = {{"metric", traits.name},
                 {"better", results::better_name(traits.better)},
                 {"scenario", change.scenario},
                 {"subject", change.subject.empty() ? json(nullptr) : json(change.subject)},
                 {"outcome", results::change_kind_name(change.kind)},
                 {"reason", change.reason.empty() ? json(nullptr) : json(change.reason)},
                 {"first", spread_json(change.first)},
                 {"second", spread_json(change.second)},
                 {"first_bound", results::bound_name(change.first_hidden)},
                 {"second_bound", results::bound_name(change.second_hidden)},
                 {"ratio", nullptr},
                 {"ratio_interval", nullptr},
                 {"ratio_bound", results::bound_name(change.ratio_hidden())},
                 {"p_value", nullptr},
                 {"p_value_corrected", nullptr}};
  if (change.ratio) {
    record["ratio"] = change.ratio->ratio;
    record["ratio_interval"] = interval_json(change.ratio->interval);
    record["p_value"] = change.ratio->p_value;
    if (change.corrected_p) record["p_value_corrected"] = *change.corrected_p;
  }
  return record;
}

json environment_json(const std::vector<results::EnvironmentDifference>& differences) {
  json list = json::array();
  for (const auto& difference : differences) {
    list.push_back({{"name", difference.name},
                    {"first", difference.first},
                    {"second", difference.second},
                    {"matters", difference.matters},
                    {"why", difference.why}});
  }
  return list;
}

json table_json(const ChangeTable& table) {
  json changes = json::array();
  for (const auto& block : table.metrics)
    for (const Change& change : block.changes) changes.push_back(change_json(block.metric, change));
  return {{"first", table.first},
          {"second", table.second},
          {"pairing", table.pairing == results::Pairing::paired ? "paired" : "unpaired"},
          {"significance", results::significance_level},
          {"correction", "holm"},
          {"tests", table.tests},
          {"samples_needed", table.samples_needed},
          {"environment_differences", environment_json(table.environment)},
          {"not_compared", table.not_compared},
          {"changes", std::move(changes)}};
}

}  // namespace

json compare_json(const std::vector<ChangeTable>& tables) {
  json comparisons = json::array();
  for (const ChangeTable& table : tables) comparisons.push_back(table_json(table));
  return {{"comparisons", std::move(comparisons)}};
}

}  // namespace threadmill::plots
