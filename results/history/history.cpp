#include "results/history/history.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "results/comparison/cell.h"
#include "results/file/facts.h"
#include "results/file/json_access.h"
#include "results/statistics/change_point.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

HistoryRun history_run(const ResultFile& file) {
  const json* modified = find_at(file.header, "/tool/git_dirty");
  HistoryRun run;
  run.file = file.path.filename().string();
  run.created = text_at(file.header, "/created");
  run.commit = text_at(file.header, "/tool/git_commit");
  run.modified = modified != nullptr && modified->is_boolean() && modified->get<bool>();
  run.machine =
      environment_text(file.header, "cpu_model") + ", kernel " + environment_text(file.header, "kernel");
  return run;
}

HistoryScenario& scenario_of(History& history, const ScenarioComparison& terms) {
  const auto known =
      std::find_if(history.scenarios.begin(), history.scenarios.end(), [&](const auto& scenario) {
        return scenario.terms.name == terms.name && scenario.terms.load == terms.load;
      });
  if (known != history.scenarios.end()) return *known;
  history.scenarios.push_back({terms, {}, {}});
  return history.scenarios.back();
}

HistorySeries& series_of(HistoryScenario& scenario, const std::string& subject, bool ceiling, Metric metric,
                         const std::string& machine) {
  const auto known = std::find_if(scenario.series.begin(), scenario.series.end(), [&](const auto& series) {
    return series.subject == subject && series.metric == metric && series.machine == machine;
  });
  if (known != scenario.series.end()) return *known;
  scenario.series.push_back({subject, ceiling, metric, machine, {}, {}});
  return scenario.series.back();
}

bool counts_as_rate(Metric metric) {
  return metric == Metric::requests_per_s || metric == Metric::deliveries_per_s;
}

std::vector<double> medians_of(const HistorySeries& series) {
  std::vector<double> medians;
  for (const HistoryPoint& point : series.points) medians.push_back(point.spread.median);
  return medians;
}

/// The median of the values from one place to before another.
double median_between(const std::vector<double>& values, std::size_t from, std::size_t to) {
  const auto begin = values.begin();
  return median({begin + static_cast<std::ptrdiff_t>(from), begin + static_cast<std::ptrdiff_t>(to)});
}

std::vector<HistoryChange> changes_of(const std::vector<double>& medians, const std::vector<Split>& splits) {
  std::vector<HistoryChange> changes;
  for (std::size_t i = 0; i < splits.size(); ++i) {
    const std::size_t from = i == 0 ? 0 : splits[i - 1].at;
    const std::size_t to = i + 1 < splits.size() ? splits[i + 1].at : medians.size();
    changes.push_back({splits[i].at, median_between(medians, from, splits[i].at),
                       median_between(medians, splits[i].at, to), splits[i].p_value, false});
  }
  return changes;
}

/// The run with which the series' level changed.
std::size_t run_of(const HistorySeries& series, const HistoryChange& change) {
  return series.points[change.at].run;
}

bool changes_about(const HistorySeries& series, std::size_t run) {
  return std::any_of(series.changes.begin(), series.changes.end(), [&](const HistoryChange& change) {
    const std::size_t other = run_of(series, change);
    return std::max(other, run) - std::min(other, run) <= 1;
  });
}

void relate_changes_to_ceiling(HistoryScenario& scenario) {
  for (HistorySeries& series : scenario.series) {
    const auto ceiling =
        std::find_if(scenario.series.begin(), scenario.series.end(), [&](const HistorySeries& other) {
          return other.ceiling && other.metric == series.metric && other.machine == series.machine;
        });
    if (series.ceiling || ceiling == scenario.series.end()) continue;
    for (HistoryChange& change : series.changes)
      change.ceiling_too = changes_about(*ceiling, run_of(series, change));
  }
}

void find_changes(History& history) {
  std::vector<HistorySeries*> all;
  std::vector<std::vector<double>> medians;
  for (HistoryScenario& scenario : history.scenarios) {
    for (HistorySeries& series : scenario.series) {
      all.push_back(&series);
      medians.push_back(medians_of(series));
    }
  }
  const ChangePoints found = change_points(medians, history_significance);
  for (std::size_t i = 0; i < all.size(); ++i) all[i]->changes = changes_of(medians[i], found.of[i]);
  for (HistoryScenario& scenario : history.scenarios) relate_changes_to_ceiling(scenario);
  history.tests = found.tests;
  const auto tests = static_cast<double>(std::max<std::size_t>(found.tests, 1));
  history.runs_needed = split_count_needed(history_significance / tests);
}

}  // namespace

HistoryBuilder::RunScenario HistoryBuilder::figures_of(ScenarioComparison scenario) {
  RunScenario figures;
  for (const Row& row : scenario.rows)
    figures.cells.push_back(
        {row.subject, row.ceiling, is_comparable(row), row.is_generator_bound(), row.spreads});
  scenario.rows.clear();
  scenario.verdicts.clear();
  scenario.window_s.reset();  // of one run only
  figures.terms = std::move(scenario);
  return figures;
}

void HistoryBuilder::add(ResultFile file) {
  AddedRun added{history_run(file), {}};
  std::vector<ResultFile> files;
  files.push_back(std::move(file));
  Comparison comparison = compare(files);
  for (ScenarioComparison& scenario : comparison.scenarios)
    added.scenarios.push_back(figures_of(std::move(scenario)));
  added_.push_back(std::move(added));
}

void HistoryBuilder::add_points(const RunScenario& figures, std::size_t run, const std::string& machine,
                                HistoryScenario& scenario) {
  for (const Cell& cell : figures.cells) {
    if (!cell.comparable) {
      scenario.left_out.push_back({run, cell.subject});
      continue;
    }
    for (const Metric metric : telling_metrics(figures.terms)) {
      const auto& spread = cell.spreads[metric];
      if (!spread) continue;
      series_of(scenario, cell.subject, cell.ceiling, metric, machine)
          .points.push_back({run, *spread, cell.at_least && counts_as_rate(metric)});
    }
  }
}

History HistoryBuilder::build() const {
  std::vector<const AddedRun*> in_order;
  for (const AddedRun& added : added_) in_order.push_back(&added);
  std::sort(in_order.begin(), in_order.end(), [](const AddedRun* a, const AddedRun* b) {
    return std::tie(a->run.created, a->run.file) < std::tie(b->run.created, b->run.file);
  });
  History history;
  for (const AddedRun* added : in_order) {
    for (const RunScenario& figures : added->scenarios)
      add_points(figures, history.runs.size(), added->run.machine, scenario_of(history, figures.terms));
    history.runs.push_back(added->run);
  }
  find_changes(history);
  return history;
}

}  // namespace threadmill::results
