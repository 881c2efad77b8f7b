#include "plots/history/history_markdown.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plots/history/history_words.h"
#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/load_words.h"
#include "plots/words/sweep_words.h"

namespace threadmill::plots {
namespace {

using results::History;
using results::HistoryChange;
using results::HistoryRun;
using results::HistoryScenario;
using results::HistorySeries;

std::string change_line(const History& history, const HistoryScenario& scenario, const HistorySeries& series,
                        const HistoryChange& change) {
  return fmt::format("- **{}**, {}: {} {}, with {}; p = {:.2g}{}.\n",
                     markdown(history_title(history, scenario), 100), markdown(series.subject),
                     markdown(figure_words(series.figure)), markdown(change_words(series, change), 200),
                     markdown(run_words(history, series.points[change.at].run), 100), change.p_value,
                     ceiling_words(change));
}

std::string changes_section(const History& history) {
  std::string lines;
  for (const HistoryScenario& scenario : history.scenarios) {
    for (const HistorySeries& series : scenario.series) {
      for (const HistoryChange& change : series.changes)
        lines += change_line(history, scenario, series, change);
    }
  }
  return "## Changes\n\n" + (lines.empty() ? "No change was found.\n" : lines) + "\n" +
         markdown(effort_words(history), 400) + "\n\n";
}

std::string charts_section(const std::vector<ChartLink>& charts, const std::string& note) {
  std::string text;
  for (const ChartLink& chart : charts)
    text += fmt::format("![{}]({})\n\n", markdown(chart.title, 200), chart.file);
  return text + (note.empty() ? "" : "_" + markdown(note, 400) + "_\n\n");
}

std::string changes_cell(const HistorySeries& series) {
  std::vector<std::string> cells;
  for (const HistoryChange& change : series.changes)
    cells.push_back(fmt::format("{} with run {}{}", change_percent(change), series.points[change.at].run + 1,
                                change.held_back ? " (held back)" : ""));
  if (series.held_back) return "not sought: only bounds are known";
  return cells.empty() ? "none found" : fmt::format("{}", fmt::join(cells, ", "));
}

std::string lowest_to_highest(const HistorySeries& series) {
  const auto [low, high] =
      std::minmax_element(series.points.begin(), series.points.end(),
                          [](const auto& a, const auto& b) { return a.spread.median < b.spread.median; });
  return level_value(series, low->spread.median) + " to " + level_value(series, high->spread.median);
}

/// Every series has a point: it is made for its first one.
Table series_table(const History& history, const std::vector<HistorySeries>& series) {
  Table table;
  table.add_column("Server", series, [](const HistorySeries& s) { return markdown(series_label(s)); });
  table.add_column("figure", series, [](const HistorySeries& s) { return markdown(figure_words(s.figure)); });
  if (machines_of(history).size() > 1)
    table.add_column("machine", series, [](const HistorySeries& s) { return markdown(s.machine, 100); });
  table.add_column("runs", series, [](const HistorySeries& s) { return std::to_string(s.points.size()); });
  table.add_column("first", series, [](const HistorySeries& s) { return point_value(s, s.points.front()); });
  table.add_column("last", series, [](const HistorySeries& s) { return point_value(s, s.points.back()); });
  table.add_column("lowest to highest", series, lowest_to_highest);
  table.add_column("changes", series, changes_cell);
  return table;
}

std::string left_out_lines(const HistoryScenario& scenario) {
  std::string text;
  for (const results::LeftOutCell& cell : scenario.left_out)
    text += fmt::format("- Left out, because {}: {} of run {}.\n",
                        scenario.sweep ? "no search came near an answer" : "invalid", markdown(cell.subject),
                        cell.run + 1);
  return text.empty() ? text : text + "\n";
}

std::string what_was_measured(const HistoryScenario& scenario) {
  if (!scenario.sweep) return load_in_words(scenario.terms);
  return fmt::format("the {} that each server carries, by a sweep; the median over the searches of a run.",
                     level_unit(*scenario.sweep));
}

}  // namespace

std::string history_heading(const History& history) {
  return fmt::format("Threadmill: history of {}", counted(history.runs.size(), "run"));
}

std::string history_span(const History& history) {
  if (history.runs.empty()) return {};
  return fmt::format("From {} to {}, on {}.\n\n", markdown(history.runs.front().created),
                     markdown(history.runs.back().created), counted(machines_of(history).size(), "machine"));
}

std::string history_section(const History& history, const HistoryScenario& scenario) {
  std::string text = fmt::format("## {}\n\n`{}`: {}\n\n", markdown(history_title(history, scenario), 100),
                                 markdown_code(scenario.terms.name), what_was_measured(scenario));
  if (!scenario.series.empty()) text += markdown_table(series_table(history, scenario.series)) + "\n";
  return text + left_out_lines(scenario);
}

std::string history_runs_section(const History& history) {
  Table table;
  table.header = {"run", "started", "commit", "machine", "kernel", "file"};
  for (std::size_t i = 0; i < history.runs.size(); ++i) {
    const HistoryRun& run = history.runs[i];
    table.rows.push_back({std::to_string(i + 1), markdown(run.created), markdown(commit_words(run)),
                          markdown(run.machine, 120), markdown(run.kernel, 60), markdown(run.file, 120)});
  }
  return "## Runs\n\n" + markdown_table(table, Align::left) +
         "\n+: built with changes that were not committed.\n\n";
}

std::string skipped_section(const std::vector<std::string>& skipped) {
  std::string text;
  for (const std::string& file : skipped) text += "- " + markdown(file, 300) + "\n";
  return text.empty() ? text : "## Files that are not in it\n\n" + text + "\n";
}

std::string history_method_section() {
  return "## How changes are found\n\n"
         "A run counts as one value, its median: its trials have more in common with each other than "
         "with those of another run. Figures of different machines, and of scenarios whose loads "
         "differ, are never put together. Of a sweep the capacity counts, the median over its searches; its "
         "probes are no trials of the scenario. Each figure's runs are tested for two "
         "levels (Pettitt, Applied Statistics 28, 1979), split where the parts deviate least from "
         "their medians, then the parts are tested, and so on (binary segmentation; Scott and Knott, "
         "Biometrics 30, 1974). p is how often runs in random order differ as much somewhere, by "
         "19,999 orders drawn or more, corrected for all that is tested together (Holm); above 0.05 it is "
         "called no change. A change is of the level: runs that drift slowly, or one run that stands "
         "out, are none. Where the load generator was the limit (≥, ≤, or ? where nobody can say), a figure "
         "is its own in part: a change that it could have made is called neither better nor worse, and a "
         "figure that it limited in every run is not tested. The ceiling is a bare loop: where it changes, "
         "the "
         "machine, the compiler or code that all servers share may have changed.\n";
}

std::string history_markdown(const History& history, const std::vector<std::string>& skipped,
                             const std::vector<ChartLink>& charts, const std::string& chart_note) {
  std::string text = "# " + history_heading(history) + "\n\n" + history_span(history) +
                     changes_section(history) + charts_section(charts, chart_note);
  for (const HistoryScenario& scenario : history.scenarios) text += history_section(history, scenario);
  return text + history_runs_section(history) + skipped_section(skipped) + history_method_section();
}

}  // namespace threadmill::plots
