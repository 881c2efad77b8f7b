#include "plots/history/history_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/metric_text.h"

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

std::string judged(results::Metric metric, bool rose) {
  const Better better = results::traits_of(metric).better;
  if (better == Better::neither) return "";
  return rose == (better == Better::more) ? ", and got better" : ", and got worse";
}

}  // namespace

std::string history_title(const History& history, const HistoryScenario& scenario) {
  std::size_t place = 0, alike = 0;
  for (const HistoryScenario& other : history.scenarios) {
    if (other.terms.name != scenario.terms.name) continue;
    ++alike;
    if (other.terms.load == scenario.terms.load) place = alike;
  }
  const std::string title = plain(scenario.terms.title, 80);
  return alike < 2 ? title : fmt::format("{} (load {})", title, place);
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

std::string change_words(const HistorySeries& series, const HistoryChange& change) {
  const bool rose = change.after > change.before;
  return fmt::format("{} by {}, from {} to {}{}", rose ? "rose" : "fell",
                     percent(100 * std::abs(relative_change(change))),
                     metric_value(series.metric, change.before), metric_value(series.metric, change.after),
                     judged(series.metric, rose));
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
