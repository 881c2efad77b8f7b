#include "plots/history/history_text.h"

#include <fmt/format.h>

#include "plots/history/history_words.h"
#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

using results::Better;
using results::History;

TextColour colour_of_change(results::Metric metric, const results::HistoryChange& change) {
  const Better better = results::traits_of(metric).better;
  if (better == Better::neither) return TextColour::none;
  const bool rose = change.after > change.before;
  return rose == (better == Better::more) ? TextColour::green : TextColour::red;
}

std::string change_paragraph(const History& history, const results::HistoryScenario& scenario,
                             const results::HistorySeries& series, const results::HistoryChange& change,
                             const TerminalLook& look) {
  const std::string sentence = fmt::format(
      "{}, {}: {} {}, with {}; p = {:.2g}{}", history_title(history, scenario), plain(series.subject),
      results::traits_of(series.metric).name, change_words(series, change),
      run_words(history, series.points[change.at].run), change.p_value,
      change.ceiling_too ? "; the ceiling changed there, too: look for what changed the machine." : ".");
  const std::string lines = wrapped(sentence, "  ", look.columns);
  return look.colours ? coloured_lines(lines, colour_of_change(series.metric, change)) : lines;
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
