#include "plots/history/history_data.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "plots/history/history_words.h"
#include "plots/text/text.h"
#include "plots/words/colours.h"
#include "plots/words/metric_text.h"

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
  HistoryPanel(const History& history, std::string title, std::size_t place, Colours& colours, json& records)
      : history_(history), title_(std::move(title)), place_(place), colours_(colours), records_(records) {}

  void add(const HistorySeries& series) {
    const json base = {{"panel", title_},
                       {"panel_order", place_},
                       {"subject", plain(series.subject, 30) + (series.ceiling ? " (ceiling)" : "")},
                       {"series", fmt::format("{} {}", series.subject, series.machine)},
                       {"color", colours_.of(series.subject, series.subject, series.ceiling)},
                       {"ceiling", series.ceiling}};
    const double whole = median_of_runs(series);
    if (whole > 0) {
      for (const HistoryPoint& point : series.points) add_run(base, point, 100 / whole);
    }
    for (const auto& change : series.changes) add_change(base, series, change);
    add_label(base, series);
  }

 private:
  void add_run(json record, const HistoryPoint& point, double factor) {
    const auto& spread = point.spread;
    record["kind"] = "run";
    record["run"] = point.run + 1;
    record["value"] = factor * spread.median;
    record["low"] = factor * (spread.interval ? spread.interval->low : spread.min);
    record["high"] = factor * (spread.interval ? spread.interval->high : spread.max);
    record["text"] = run_words(history_, point.run);
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
    record["text"] = fmt::format("{}: {}{}", record["subject"].get<std::string>(), last.at_least ? "≥ " : "",
                                 metric_value(series.metric, last.spread.median));
    records_.push_back(std::move(record));
  }

  const History& history_;
  std::string title_;
  std::size_t place_;
  Colours& colours_;
  json& records_;
  std::size_t changes_ = 0;
  std::size_t labels_ = 0;
};

}  // namespace

json history_data(const History& history) {
  json records = json::array();
  Colours colours;
  std::size_t place = 0;
  for (const results::HistoryScenario& scenario : history.scenarios) {
    for (const results::Metric metric : results::telling_metrics(scenario.terms)) {
      const std::string title =
          fmt::format("{}: {}", plain(history_title(history, scenario), 40), results::traits_of(metric).name);
      HistoryPanel panel(history, title, place++, colours, records);
      for (const HistorySeries& series : scenario.series) {
        if (series.metric == metric) panel.add(series);
      }
    }
  }
  return {{"history", std::move(records)}};
}

}  // namespace threadmill::plots
