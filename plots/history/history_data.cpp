#include "plots/history/history_data.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "plots/history/history_words.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/colours.h"

namespace threadmill::plots {
namespace {

using nlohmann::json;
using results::History;
using results::HistoryPoint;
using results::HistorySeries;

double median_of_runs(const HistorySeries& series) {
  std::vector<double> medians;
  for (const HistoryPoint& point : series.points) medians.push_back(point.spread.median);
  return results::median(medians);
}

/// Gathers the records of one panel.
class HistoryPanel {
 public:
  /// `common`: what all its records say.
  HistoryPanel(const History& history, json common, Colours& colours, json& records)
      : history_(history), common_(std::move(common)), colours_(colours), records_(records) {}

  void add(const HistorySeries& series) {
    json base = common_;
    base["subject"] = series_label(series);
    base["machine"] = machine_label(series.machine);
    base["series"] = fmt::format("{} {}", plain(series.subject, 100), machine_label(series.machine));
    base["color"] = colours_.of(series.subject, series.ceiling);
    base["ceiling"] = series.ceiling;
    const double whole = median_of_runs(series);
    if (whole > 0) {
      for (const HistoryPoint& point : series.points) add_run(base, series, point, 100 / whole);
    }
    for (const auto& change : series.changes) add_change(base, series, change);
    add_label(base, series);
  }

 private:
  void add_run(json record, const HistorySeries& series, const HistoryPoint& point, double factor) {
    const auto& spread = point.spread;
    const results::HistoryRun& run = history_.runs[point.run];
    record["kind"] = "run";
    record["run"] = point.run + 1;
    record["value"] = factor * spread.median;
    record["low_percent"] = factor * (spread.interval ? spread.interval->low : spread.min);
    record["high_percent"] = factor * (spread.interval ? spread.interval->high : spread.max);
    record["text"] = point_value(series, point);
    record["started"] = plain(run.created, 20);
    record["commit"] = commit_words(run);
    records_.push_back(std::move(record));
  }

  void add_change(json record, const HistorySeries& series, const results::HistoryChange& change) {
    const auto after = static_cast<double>(series.points[change.at].run + 1);
    const auto before = static_cast<double>(series.points[change.at - 1].run + 1);
    record["kind"] = "change";
    record["run"] = (before + after) / 2;
    record["right"] = after > static_cast<double>(history_.runs.size()) / 2;
    record["row"] = changes_++;
    record["text"] = fmt::format("{} {}", plain(series.subject, 20), change_percent(change));
    records_.push_back(std::move(record));
  }

  void add_label(json record, const HistorySeries& series) {
    const HistoryPoint& last = series.points.back();
    record["kind"] = "label";
    record["row"] = labels_++;
    record["text"] = fmt::format("{}: {}", record["subject"].get<std::string>(), point_value(series, last));
    records_.push_back(std::move(record));
  }

  const History& history_;
  json common_;
  Colours& colours_;
  json& records_;
  std::size_t changes_ = 0;
  std::size_t labels_ = 0;
};

std::string panel_title(const History& history, const results::HistoryScenario& scenario,
                        const results::HistoryFigure& figure) {
  const std::string title = history_title(history, scenario);
  return scenario.sweep ? plain(title, 60) : fmt::format("{}: {}", plain(title, 40), figure_words(figure));
}

}  // namespace

json history_data(const History& history) {
  json records = json::array();
  Colours colours;
  std::size_t panels = 0;
  for (std::size_t place = 0; place < history.scenarios.size(); ++place) {
    const results::HistoryScenario& scenario = history.scenarios[place];
    for (const results::HistoryFigure& figure : results::figures_in(scenario)) {
      HistoryPanel panel(history,
                         {{"panel", panel_title(history, scenario, figure)},
                          {"panel_order", panels++},
                          {"scenario", scenario_key(place)},
                          {"metric", figure_words(figure)}},
                         colours, records);
      for (const HistorySeries& series : scenario.series) {
        if (series.figure == figure) panel.add(series);
      }
    }
  }
  return {{"history", std::move(records)}};
}

}  // namespace threadmill::plots
