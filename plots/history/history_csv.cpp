#include "plots/history/history_csv.h"

#include <fmt/format.h>

#include "plots/history/history_words.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

using results::History;
using results::HistoryPoint;
using results::HistorySeries;

std::string change_field(const HistorySeries& series, std::size_t point) {
  for (const results::HistoryChange& change : series.changes) {
    if (change.at == point) return fmt::format("{:.3g}", change.p_value);
  }
  return {};
}

std::string point_line(const History& history, const std::string& title, const HistorySeries& series,
                       std::size_t place) {
  const HistoryPoint& point = series.points[place];
  const results::HistoryRun& run = history.runs[point.run];
  const auto& interval = point.spread.interval;
  const auto end = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.10g}", *value) : "";
  };
  return fmt::format(
      "{},{},{},{},{},{},{},{},{},{:.10g},{},{},{:.10g},{:.10g},{},{},{}\n", csv_field(title),
      csv_field(series.subject), series.figure.name, csv_field(series.machine), point.run + 1,
      csv_field(run.created), csv_field(run.commit), run.modified ? "true" : "false", csv_field(run.file),
      point.spread.median, end(interval ? std::optional(interval->low) : std::nullopt),
      end(interval ? std::optional(interval->high) : std::nullopt), point.spread.min, point.spread.max,
      point.spread.count, results::bound_name(point.hidden), change_field(series, place));
}

}  // namespace

std::string history_csv(const History& history) {
  std::string text =
      "scenario,subject,metric,machine,run,created,commit,modified,file,median,low,high,min,max,trials,bound,"
      "change_p\n";
  for (const results::HistoryScenario& scenario : history.scenarios) {
    const std::string title = history_title(history, scenario);
    for (const HistorySeries& series : scenario.series) {
      for (std::size_t i = 0; i < series.points.size(); ++i) text += point_line(history, title, series, i);
    }
  }
  return text;
}

}  // namespace threadmill::plots
