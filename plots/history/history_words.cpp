#include "plots/history/history_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/metric_text.h"
#include "plots/words/sweep_words.h"

namespace threadmill::plots {
namespace {

using results::Better;
using results::History;
using results::HistoryChange;
using results::HistoryScenario;
using results::HistorySeries;

/// As a share of the level before.
double relative_change(const HistoryChange& change) {
  return change.before == 0 ? 0 : change.after / change.before - 1;
}

std::string judgement_words(const HistorySeries& series, const HistoryChange& change) {
  if (change.held_back) return ", which the load generator could have made: it was the limit";
  switch (judged(series, change)) {
    case Judged::better:
      return ", and got better";
    case Judged::worse:
      return ", and got worse";
    case Judged::neither:
      break;
  }
  return {};
}

/// Whether a reader could take one for the other.
bool is_alike(const HistoryScenario& a, const HistoryScenario& b) {
  if (a.sweep || b.sweep) return a.sweep && b.sweep && sweep_name(*a.sweep) == sweep_name(*b.sweep);
  return a.terms.name == b.terms.name;
}

/// " (load 2)"; "" where no other is alike.
std::string which_of_those_alike(const History& history, const HistoryScenario& scenario) {
  std::size_t place = 0, alike = 0;
  for (const HistoryScenario& other : history.scenarios) {
    if (!is_alike(other, scenario)) continue;
    ++alike;
    if (&other == &scenario) place = alike;
  }
  return alike < 2 ? "" : fmt::format(" ({} {})", scenario.sweep ? "terms" : "load", place);
}

}  // namespace

std::string history_title(const History& history, const HistoryScenario& scenario) {
  return (scenario.sweep ? sweep_name(*scenario.sweep) : plain(scenario.terms.title, 80)) +
         which_of_those_alike(history, scenario);
}

std::string history_name(const History& history, const HistoryScenario& scenario) {
  return (scenario.sweep ? sweep_name(*scenario.sweep) : plain(scenario.terms.name)) +
         which_of_those_alike(history, scenario);
}

std::string scenario_key(std::size_t place) { return fmt::format("scenario-{}", place); }

std::string figure_words(const results::HistoryFigure& figure) {
  return figure.metric ? metric_words(*figure.metric) : "capacity";
}

std::string series_label(const HistorySeries& series) { return short_label(series.subject, series.ceiling); }

std::string machine_label(const std::string& machine) { return plain(machine, 100); }

std::set<std::string> machines_of(const History& history) {
  std::set<std::string> machines;
  for (const results::HistoryRun& run : history.runs) machines.insert(run.machine);
  return machines;
}

std::string level_value(const HistorySeries& series, double level) {
  return series.figure.metric ? metric_value(*series.figure.metric, level) : number(level);
}

std::string point_value(const HistorySeries& series, const results::HistoryPoint& point) {
  return fmt::format("{}{}", bound_mark(point.hidden), level_value(series, point.spread.median));
}

Judged judged(const HistorySeries& series, const HistoryChange& change) {
  if (change.held_back || series.figure.better == Better::neither) return Judged::neither;
  const bool rose = change.after > change.before;
  return rose == (series.figure.better == Better::more) ? Judged::better : Judged::worse;
}

std::string ceiling_words(const HistoryChange& change) {
  return change.ceiling_too ? "; the ceiling changed there, too: look for what changed the machine" : "";
}

std::string commit_words(const results::HistoryRun& run) {
  if (run.commit.empty()) return std::string(no_number);
  return plain(run.commit, 12) + (run.modified ? "+" : "");
}

std::string run_words(const History& history, std::size_t run) {
  const results::HistoryRun& described = history.runs[run];
  return fmt::format("run {} ({}, commit {})", run + 1, plain(described.created, 20),
                     commit_words(described));
}

std::string change_percent(const HistoryChange& change) {
  const double relative = 100 * relative_change(change);
  return fmt::format("{}{}", relative < 0 ? "-" : "+", percent(std::abs(relative)));
}

std::string movement_words(const HistorySeries& series, const HistoryChange& change) {
  return fmt::format("{} by {}, from {} to {}", change.after > change.before ? "rose" : "fell",
                     percent(100 * std::abs(relative_change(change))), level_value(series, change.before),
                     level_value(series, change.after));
}

std::string change_words(const HistorySeries& series, const HistoryChange& change) {
  return movement_words(series, change) + judgement_words(series, change);
}

std::string effort_words(const History& history) {
  if (history.tests == 0) {
    return fmt::format(
        "No cell has enough runs on one machine to tell a change from noise: it takes {} at least, and more "
        "where several are tested together.",
        history.runs_needed);
  }
  return fmt::format(
      "{} with enough runs were tested; for a change in one of them to be found beside the others, it takes "
      "{} runs "
      "of it, half of them before the change.",
      counted(history.tests, "figure"), history.runs_needed);
}

}  // namespace threadmill::plots
