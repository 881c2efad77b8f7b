#include "results/behaviour/behaviour.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "results/comparison/cell.h"
#include "results/statistics/statistics.h"

namespace threadmill::results {
namespace {

const ScenarioComparison* find_scenario(const Comparison& comparison, std::size_t run,
                                        const std::string& name, std::string_view subject) {
  for (const auto& scenario : comparison.scenarios) {
    if (scenario.name == name && find_row(scenario, run, subject) != nullptr) return &scenario;
  }
  return nullptr;
}

double median_of(const Row& row, Metric metric) {
  const auto values = spread(values_of(row, metric));
  return values ? values->median : 0;
}

/// What ended the server in the first trial in which a fault did; empty: none did.
std::string server_exit(const Row& row) {
  for (const Trial& trial : row.trials) {
    if (trial.valid() && !trial.server_exit.empty()) return trial.server_exit;
  }
  return {};
}

/// Of clients that the server dropped; nothing where it kept them all.
std::optional<BehaviourCell> lost_clients(const Row& row) {
  const double lost = median_of(row, Metric::clients_lost);
  const std::string exit = server_exit(row);
  if (!(lost > 0) && exit.empty()) return std::nullopt;
  const double kept = median_of(row, Metric::clients_kept_percent);
  const double away = median_of(row, Metric::clients_away);
  std::string reason = fmt::format("{:.0f} clients lost their connection ({:.3g} % kept theirs)", lost, kept);
  if (away > 0) {
    reason += fmt::format("; {:.0f} never came back", away);
  } else if (const auto back = spread(values_of(row, Metric::recovery_ns))) {
    reason += fmt::format("; all were served again {:.3g} ms after the first loss", back->median / 1e6);
  }
  if (!exit.empty()) reason += "; " + exit;
  return BehaviourCell{Fared::lost_clients, std::nullopt, Hidden::nothing, std::move(reason)};
}

/// Whether so much of the calm figure is as good as the scenario wants it.
bool is_within(const BehaviourColumn& column, double of_calm) {
  return traits_of(*column.metric).better == Better::less ? of_calm <= 1 / column.held_within
                                                          : of_calm >= column.held_within;
}

/// A server that got through, against its own calm scenario.
BehaviourCell held_against_calm(const Comparison& comparison, const BehaviourColumn& column, const Row& row) {
  if (!column.metric) return {Fared::held, std::nullopt, Hidden::nothing, ""};
  const auto* calm_scenario = find_scenario(comparison, row.run, column.calm, row.subject);
  const Row* calm = calm_scenario == nullptr ? nullptr : find_row(*calm_scenario, row.run, row.subject);
  if (calm == nullptr || !is_comparable(*calm)) {
    return {Fared::held, std::nullopt, Hidden::nothing,
            fmt::format("it got through; the run has no valid {} to hold its figure against", column.calm)};
  }
  std::vector<double> ratios;
  for (const auto& [repeat, ratio] :
       ratios_by_repeat(values_by_repeat(row, *column.metric), values_by_repeat(*calm, *column.metric)))
    ratios.push_back(ratio);
  const auto ratio = spread(ratios);
  if (!ratio)
    return {Fared::held, std::nullopt, Hidden::nothing, "it got through; its figure was not measured"};
  return {is_within(column, ratio->median) ? Fared::held : Fared::degraded, ratio->median,
          hidden_of_ratio(hidden_of(row, *column.metric), hidden_of(*calm, *column.metric)), ""};
}

BehaviourCell judge_behaviour(const Comparison& comparison, const ScenarioComparison& scenario,
                              const BehaviourColumn& column, std::size_t run, const std::string& subject) {
  if (const auto why = scenario.not_applicable.find(subject); why != scenario.not_applicable.end())
    return {Fared::not_applicable, std::nullopt, Hidden::nothing, why->second};
  const Row* row = find_row(scenario, run, subject);
  if (row == nullptr) return {};
  if (const auto verdict = judge_cell(*row); verdict.state == CellState::invalid)
    return {Fared::failed, std::nullopt, Hidden::nothing, verdict.reason};
  if (auto lost = lost_clients(*row)) return *std::move(lost);
  return held_against_calm(comparison, column, *row);
}

bool is_of_run(const ScenarioComparison& scenario, std::size_t run) {
  return std::any_of(scenario.rows.begin(), scenario.rows.end(),
                     [&](const Row& row) { return row.run == run; });
}

void add_subject(std::vector<std::string>& subjects, const std::string& subject) {
  if (std::find(subjects.begin(), subjects.end(), subject) == subjects.end()) subjects.push_back(subject);
}

}  // namespace

std::string_view fared_name(Fared fared) {
  constexpr std::array<std::string_view, 6> names = {"held",   "degraded",       "lost clients",
                                                     "failed", "not applicable", "not run"};
  return names[static_cast<std::size_t>(fared)];
}

std::vector<BehaviourTable> behaviour_tables(const Comparison& comparison) {
  std::vector<BehaviourTable> tables;
  for (std::size_t run = 0; run < comparison.runs.size(); ++run) {
    BehaviourTable table{run, {}, {}};
    std::vector<const ScenarioComparison*> scenarios;
    std::vector<std::string> subjects;
    for (const auto& scenario : comparison.scenarios) {
      if (!scenario.behaviour || !is_of_run(scenario, run)) continue;
      scenarios.push_back(&scenario);
      const auto& behaviour = *scenario.behaviour;
      table.columns.push_back({behaviour.name, scenario.name, scenario.title, behaviour.calm,
                               behaviour.metric, behaviour.held_within});
      for (const Row& row : scenario.rows)
        if (row.run == run) add_subject(subjects, row.subject);
      for (const auto& [subject, why] : scenario.not_applicable) add_subject(subjects, subject);
    }
    if (scenarios.empty()) continue;
    for (const std::string& subject : subjects) {
      BehaviourRow row{subject, {}};
      for (std::size_t i = 0; i < scenarios.size(); ++i)
        row.cells.push_back(judge_behaviour(comparison, *scenarios[i], table.columns[i], run, subject));
      table.rows.push_back(std::move(row));
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace threadmill::results
