#include "plots/history/history_text.h"

#include <fmt/format.h>

#include "plots/history/history_words.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

using results::History;

TextColour colour_of(Judged judged) {
  switch (judged) {
    case Judged::better:
      return TextColour::green;
    case Judged::worse:
      return TextColour::red;
    case Judged::neither:
      break;
  }
  return TextColour::none;
}

std::string change_paragraph(const History& history, const results::HistoryScenario& scenario,
                             const results::HistorySeries& series, const results::HistoryChange& change,
                             const TerminalLook& look) {
  const std::string sentence =
      fmt::format("{}, {}: {} {}, with {}; p = {:.2g}{}.", history_title(history, scenario),
                  plain(series.subject), figure_words(series.figure), change_words(series, change),
                  run_words(history, series.points[change.at].run), change.p_value, ceiling_words(change));
  const std::string lines = wrapped(sentence, "  ", look.columns);
  return look.colours ? coloured_lines(lines, colour_of(judged(series, change))) : lines;
}

}  // namespace

std::string history_text(const History& history, const TerminalLook& look) {
  std::string changes;
  for (const auto& scenario : history.scenarios) {
    for (const auto& series : scenario.series) {
      for (const auto& change : series.changes)
        changes += change_paragraph(history, scenario, series, change, look);
    }
  }
  return fmt::format("History of {}\n{}", counted(history.runs.size(), "run"),
                     changes.empty() ? "  No change was found.\n" : changes) +
         wrapped(effort_words(history), "  ", look.columns);
}

}  // namespace threadmill::plots
