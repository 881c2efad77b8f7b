#include "results/costs/cost_model.h"

#include <fmt/format.h>

#include <cmath>

#include "results/comparison/cell.h"
#include "results/file/json_access.h"
#include "results/trial/load_factors.h"

namespace threadmill::results {
namespace {

/// Whether a request is all that the load asks of a server, and one message each way, over the loopback as
/// the primitives were measured.
bool is_predictable(const ScenarioComparison& scenario) {
  const auto load = load_with_defaults(scenario.load);
  const bool echo = text_at(load, "/driver") == "echo";
  const bool stays = number_at(load, "/messages_per_connection").value_or(0) == 0;
  const bool window = text_at(load, "/measure_from") != "connect";
  const bool one_at_a_time = number_at(load, "/pipeline").value_or(1) == 1;
  const bool one_size = factor_of(load, Factor::message_bytes).has_value();
  return scenario.network() == nullptr && echo && stays && window && one_at_a_time && one_size &&
         !scenario.open && !scenario.paced;
}

std::optional<double> threads_of(const Row& row) {
  for (const Trial& trial : row.trials) {
    if (trial.valid() && trial.explanation.threads) return trial.explanation.threads;
  }
  return std::nullopt;
}

std::optional<double> median_of(const Row& row, Metric metric) {
  const auto& spread = row.spreads[metric];
  return spread ? std::optional(spread->median) : std::nullopt;
}

RequestCounts counts_of(const ScenarioComparison& scenario, const Row& row) {
  const auto load = load_with_defaults(scenario.load);
  return {number_at(load, "/connections").value_or(0), factor_of(load, Factor::message_bytes).value_or(0),
          threads_of(row), median_of(row, Metric::syscalls_per_request),
          median_of(row, Metric::switches_per_request)};
}

CostModelScenario model_of(const Comparison& comparison, const ScenarioComparison& scenario) {
  CostModelScenario model{&scenario, {}, {}};
  for (const Row& row : scenario.rows) {
    const Run& run = comparison.runs[row.run];
    const auto work = run.work.find(row.subject);
    const auto measured = median_of(row, Metric::cpu_us_per_request);
    if (run.primitives.empty() || work == run.work.end() || !measured || *measured <= 0) continue;
    auto predicted = is_comparable(row)
                         ? predict_request_cost(work->second, run.primitives, counts_of(scenario, row))
                         : PredictedCost{{}, "its cell is invalid"};
    if (predicted.problem.empty()) {
      model.rows.push_back({&row, std::move(predicted), *measured});
    } else {
      model.unpredicted.push_back(fmt::format("{}: {}", row.label, predicted.problem));
    }
  }
  return model;
}

}  // namespace

bool CostModelRow::is_explained() const { return std::abs(unexplained_share()) <= kExplainedWithin; }

std::vector<CostModelScenario> cost_model(const Comparison& comparison) {
  std::vector<CostModelScenario> models;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    if (!is_predictable(scenario)) continue;
    auto model = model_of(comparison, scenario);
    if (!model.rows.empty() || !model.unpredicted.empty()) models.push_back(std::move(model));
  }
  return models;
}

}  // namespace threadmill::results
