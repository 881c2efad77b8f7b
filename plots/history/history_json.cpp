#include "plots/history/history_json.h"

#include <algorithm>

#include "plots/history/history_words.h"
#include "plots/words/json_parts.h"

namespace threadmill::plots {
namespace {

using HistoryObject = nlohmann::ordered_json;
using results::History;
using results::HistoryScenario;
using results::HistorySeries;

HistoryObject runs_json(const History& history) {
  return array_of(history.runs, [](const results::HistoryRun& run) {
    return HistoryObject{{"file", run.file},
                         {"created", run.created},
                         {"commit", text_or_null(run.commit)},
                         {"modified", run.modified},
                         {"machine", run.machine}};
  });
}

/// Those of all scenarios, each once.
std::vector<results::HistoryFigure> all_figures(const History& history) {
  std::vector<results::HistoryFigure> all;
  for (const HistoryScenario& scenario : history.scenarios) {
    for (const results::HistoryFigure& figure : results::figures_in(scenario)) {
      if (std::find(all.begin(), all.end(), figure) == all.end()) all.push_back(figure);
    }
  }
  return all;
}

HistoryObject change_json(const HistorySeries& series, const results::HistoryChange& change) {
  return {{"run", series.points[change.at].run + 1},
          {"before", change.before},
          {"after", change.after},
          {"p_value", change.p_value},
          {"ceiling_too", change.ceiling_too}};
}

HistoryObject series_json(const HistorySeries& series) {
  return {{"subject", series.subject},
          {"ceiling", series.ceiling},
          {"figure", series.figure.name},
          {"machine", series.machine},
          {"points", array_of(series.points,
                              [](const results::HistoryPoint& point) {
                                return HistoryObject{{"run", point.run + 1},
                                                     {"bound", results::bound_name(point.hidden)},
                                                     {"value", figure_or_null(point.spread)}};
                              })},
          {"changes", array_of(series.changes, [&](const results::HistoryChange& change) {
             return change_json(series, change);
           })}};
}

HistoryObject sweep_terms_json(const results::Sweep& sweep) {
  return {
      {"over", sweep.over}, {"service_level", sweep.service_level.text()}, {"max_errors", sweep.max_errors}};
}

HistoryObject history_scenario_json(const HistoryScenario& scenario) {
  return {{"name", scenario.terms.name},
          {"title", scenario.terms.title},
          {"load", HistoryObject(scenario.terms.load)},
          {"sweep", scenario.sweep ? sweep_terms_json(*scenario.sweep) : HistoryObject(nullptr)},
          {"series", array_of(scenario.series, series_json)},
          {"left_out", array_of(scenario.left_out, [](const results::LeftOutCell& cell) {
             return HistoryObject{{"run", cell.run + 1}, {"subject", cell.subject}};
           })}};
}

}  // namespace

std::string history_json(const History& history, const std::vector<std::string>& skipped) {
  HistoryObject document;
  document["schema"] = "threadmill-history";
  document["schema_version"] = history_json_version;
  document["runs"] = runs_json(history);
  document["skipped"] = skipped;
  document["figures"] = array_of(all_figures(history), [](const results::HistoryFigure& figure) {
    return metric_json(figure.name, figure.better, figure.meaning);
  });
  document["scenarios"] = array_of(history.scenarios, history_scenario_json);
  document["search"] = {{"significance", results::history_significance},
                        {"tests", history.tests},
                        {"runs_needed", history.runs_needed}};
  return json_text(document);
}

}  // namespace threadmill::plots
