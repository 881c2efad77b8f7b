#include "results/history/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "results/file/facts.h"
#include "results/file/json_access.h"
#include "results/history/run_figures.h"
#include "results/statistics/change_point.h"

namespace threadmill::results {
namespace {

/// Two cloud hosts of one type have the same CPU model, and may have 2 CPUs and 16.
std::string machine_of(const nlohmann::json& header) {
  const auto host = server_host(header);
  return fmt::format("{}, {} CPUs (servers: {}{}; load generator: {})", environment_text(header, "cpu_model"),
                     environment_text(header, "cpus_online"), cpu_list(header, "/run/server_cpus"),
                     host.empty() ? "" : " of " + host, cpu_list(header, "/run/generator_cpus"));
}

HistoryRun history_run(const ResultFile& file) {
  HistoryRun run;
  run.file = file.path.filename().string();
  run.created = text_at(file.header, "/created");
  run.commit = text_at(file.header, "/tool/git_commit");
  run.modified = is_true_at(file.header, "/tool/git_dirty");
  run.machine = machine_of(file.header);
  run.kernel = environment_text(file.header, "kernel");
  return run;
}

bool is_same_experiment(const HistoryScenario& a, const HistoryScenario& b) {
  if (a.sweep || b.sweep) return a.sweep && b.sweep && is_same_sweep(*a.sweep, *b.sweep);
  return a.terms.name == b.terms.name && a.terms.load == b.terms.load;
}

/// The same for copies of a file, whatever they are called.
std::string identity_of(const ResultFile& file) {
  const std::string created = text_at(file.header, "/created");
  if (created.empty()) return {};
  const nlohmann::json identity = {created, text_at(file.header, "/tool/git_commit"),
                                   unsigned_at(file.header, "/run/seed"),
                                   texts_at(file.header, "/run/arguments")};
  return identity.dump();
}

HistoryScenario& find_or_add(History& history, const HistoryScenario& wanted) {
  for (HistoryScenario& known : history.scenarios) {
    if (is_same_experiment(known, wanted)) return known;
  }
  return history.scenarios.emplace_back(HistoryScenario{wanted.terms, wanted.sweep, {}, {}});
}

HistorySeries& find_or_add(HistoryScenario& scenario, const HistorySeries& wanted) {
  for (HistorySeries& known : scenario.series) {
    if (known.subject == wanted.subject && known.figure == wanted.figure && known.machine == wanted.machine)
      return known;
  }
  return scenario.series.emplace_back(
      HistorySeries{wanted.subject, wanted.ceiling, wanted.figure, wanted.machine, {}, {}, false});
}

/// What a run has to say of a scenario becomes one more point of its series.
void add_run(const HistoryScenario& of_run, std::size_t run, HistoryScenario& scenario) {
  for (const HistorySeries& series : of_run.series) {
    for (HistoryPoint point : series.points) {
      point.run = run;
      find_or_add(scenario, series).points.push_back(point);
    }
  }
  for (const LeftOutCell& cell : of_run.left_out) scenario.left_out.push_back({run, cell.subject});
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
                       median_between(medians, splits[i].at, to), splits[i].p_value, false, false});
  }
  return changes;
}

/// Of a level: what is hidden of any of its points.
Hidden hidden_between(const HistorySeries& series, std::size_t from, std::size_t to) {
  Hidden hidden = Hidden::nothing;
  for (std::size_t i = from; i < to; ++i) hidden = both(hidden, series.points[i].hidden);
  return hidden;
}

void find_held_back(HistorySeries& series) {
  auto& changes = series.changes;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const std::size_t from = i == 0 ? 0 : changes[i - 1].at;
    const std::size_t to = i + 1 < changes.size() ? changes[i + 1].at : series.points.size();
    const Hidden hidden = hidden_of_ratio(hidden_between(series, changes[i].at, to),
                                          hidden_between(series, from, changes[i].at));
    changes[i].held_back = may_turn(hidden, changes[i].after / changes[i].before);
  }
}

bool is_held_back(const HistorySeries& series) {
  return std::all_of(series.points.begin(), series.points.end(),
                     [](const HistoryPoint& point) { return point.hidden != Hidden::nothing; });
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
          return other.ceiling && other.figure == series.figure && other.machine == series.machine;
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
      series.held_back = is_held_back(series);
      if (series.held_back) continue;
      all.push_back(&series);
      medians.push_back(medians_of(series));
    }
  }
  const ChangePoints found = change_points(medians, history_significance);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i]->changes = changes_of(medians[i], found.of[i]);
    find_held_back(*all[i]);
  }
  for (HistoryScenario& scenario : history.scenarios) relate_changes_to_ceiling(scenario);
  history.tests = found.tests;
  const auto tests = static_cast<double>(std::max<std::size_t>(found.tests, 1));
  history.runs_needed = split_count_needed(history_significance / tests);
}

}  // namespace

std::vector<HistoryFigure> figures_in(const HistoryScenario& scenario) {
  std::vector<HistoryFigure> figures;
  for (const HistorySeries& series : scenario.series) {
    if (std::find(figures.begin(), figures.end(), series.figure) == figures.end())
      figures.push_back(series.figure);
  }
  return figures;
}

std::string HistoryBuilder::add(const ResultFile& file) {
  AddedRun added{history_run(file), {}, identity_of(file)};
  const auto original = std::find_if(added_.begin(), added_.end(), [&](const AddedRun& earlier) {
    return !added.identity.empty() && earlier.identity == added.identity;
  });
  if (original != added_.end()) return original->run.file;
  added.scenarios = figures_of_run(compare({file}), added.run.machine);
  added_.push_back(std::move(added));
  return {};
}

History HistoryBuilder::build() const {
  std::vector<const AddedRun*> in_order;
  for (const AddedRun& added : added_) in_order.push_back(&added);
  std::sort(in_order.begin(), in_order.end(), [](const AddedRun* a, const AddedRun* b) {
    return std::tie(a->run.created, a->run.file) < std::tie(b->run.created, b->run.file);
  });
  History history;
  for (const AddedRun* added : in_order) {
    for (const HistoryScenario& of_run : added->scenarios)
      add_run(of_run, history.runs.size(), find_or_add(history, of_run));
    history.runs.push_back(added->run);
  }
  find_changes(history);
  return history;
}

}  // namespace threadmill::results
