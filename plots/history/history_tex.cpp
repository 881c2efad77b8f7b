#include "plots/history/history_tex.h"

#include <fmt/format.h>

#include <vector>

#include "plots/history/history_words.h"
#include "plots/paper/latex.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

using results::History;

struct FoundChange {
  std::string scenario;
  const results::HistorySeries* series;
  const results::HistoryChange* change;
};

std::vector<FoundChange> all_changes(const History& history) {
  std::vector<FoundChange> found;
  for (const auto& scenario : history.scenarios) {
    for (const auto& series : scenario.series) {
      for (const auto& change : series.changes)
        found.push_back({history_name(history, scenario), &series, &change});
    }
  }
  return found;
}

/// In plain text: latex_table() escapes it.
Table changes_table(const History& history, const std::vector<FoundChange>& changes) {
  const auto run_of = [](const FoundChange& c) { return c.series->points[c.change->at].run; };
  Table table;
  table.add_column("Scenario", changes, [](const FoundChange& c) { return c.scenario; });
  table.add_column("Server", changes, [](const FoundChange& c) { return series_label(*c.series); });
  table.add_column("Figure", changes, [](const FoundChange& c) { return figure_words(c.series->figure); });
  table.add_column("Commit", changes,
                   [&](const FoundChange& c) { return commit_words(history.runs[run_of(c)]); });
  table.add_column("Run", changes, [&](const FoundChange& c) { return std::to_string(run_of(c) + 1); });
  table.add_column("Before", changes,
                   [](const FoundChange& c) { return level_value(*c.series, c.change->before); });
  table.add_column("After", changes,
                   [](const FoundChange& c) { return level_value(*c.series, c.change->after); });
  table.add_column("Change", changes, [](const FoundChange& c) { return change_percent(*c.change); });
  table.add_column("p", changes,
                   [](const FoundChange& c) { return fmt::format("{:.2g}", c.change->p_value); });
  return table;
}

}  // namespace

std::string history_tex(const History& history) {
  constexpr std::size_t text_columns = 4;
  const auto changes = all_changes(history);
  const std::string runs = counted(history.runs.size(), "run");
  if (changes.empty()) return fmt::format("{}% No change was found over {}.\n", latex_packages, runs);
  const std::string caption = fmt::format(
      "Changes of the level over {}. Before, after: medians over the runs up to the next change. p: by the "
      "test of Pettitt, corrected for all that was tested (Holm).",
      runs);
  return fmt::format("{}\n{}", latex_packages,
                     latex_table(changes_table(history, changes), latex(caption, 400),
                                 "tab:threadmill-changes", text_columns));
}

}  // namespace threadmill::plots
