#include "plots/report/terminal.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/report/terminal_table.h"
#include "plots/study/study_text.h"
#include "plots/text/text.h"
#include "plots/words/sweep_words.h"
#include "plots/words/words.h"

namespace threadmill::plots {
namespace {

using results::Comparison;
using results::Row;
using results::ScenarioComparison;
using results::Verdict;

constexpr std::size_t fewest_columns = 44;

/// A sentence in lines of one colour.
std::string paragraph(const std::string& sentence, const std::string& indent, const TerminalLook& look,
                      TextColour colour = TextColour::none) {
  const std::string lines = wrapped(sentence, indent, look.columns);
  return look.colours ? coloured_lines(lines, colour) : lines;
}

TextColour colour_of(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::winner:
      return TextColour::green;
    case Verdict::Kind::too_close:
    case Verdict::Kind::held_back:
    case Verdict::Kind::too_few_repeats:
      return TextColour::yellow;
    case Verdict::Kind::nothing_to_compare:
      break;
  }
  return TextColour::none;
}

std::string verdict_lines(const Comparison& comparison, const ScenarioComparison& scenario,
                          const Verdict& verdict, const TerminalLook& look) {
  const std::string run =
      comparison.runs.size() > 1 ? plain(comparison.runs[verdict.run].label, 30) + ": " : "";
  std::string text =
      paragraph(run + verdict_sentence(scenario, verdict) + ".", "  ", look, colour_of(verdict.kind));
  if (!verdict.left_out.empty()) text += paragraph(run + left_out_sentence(verdict), "  ", look);
  return text;
}

std::string trials_that_do_not_count(const Row& row, const TerminalLook& look) {
  std::string text;
  for (const results::Trial& trial : row.trials) {
    if (trial.valid()) continue;
    text += paragraph(fmt::format("! {}, repeat {} does not count: {}", plain(row.label, 40),
                                  trial.repeat + 1, plain(trial.problem, 160)),
                      "  ", look, TextColour::red);
  }
  return text;
}

std::string scenario_text(const Comparison& comparison, const ScenarioComparison& scenario,
                          const TerminalLook& look) {
  std::string text = plain(scenario.title, look.columns) + "\n";
  text += scenario.rows.empty() ? "  no trials\n" : scenario_table(scenario, look);
  for (const Verdict& verdict : scenario.verdicts) text += verdict_lines(comparison, scenario, verdict, look);
  for (const Row& row : scenario.rows) text += trials_that_do_not_count(row, look);
  return text + "\n";
}

std::string sweep_text(const results::Sweep& sweep, const TerminalLook& look) {
  std::string text = plain(sweep_title(sweep), look.columns) + "\n" + capacity_table(sweep, look);
  for (const results::SweepRow& row : sweep.rows) {
    const std::string reason = reason_sentence(row);
    if (!reason.empty())
      text += paragraph(fmt::format("{}: {}.", plain(row.label, 30), plain(reason, 400)), "  ", look);
  }
  return text + paragraph(intervals_sentence(sweep), "  ", look) + "\n";
}

}  // namespace

std::string terminal_text(const Comparison& comparison, const TerminalLook& asked) {
  const TerminalLook look{std::max(asked.columns, fewest_columns), asked.colours};
  std::string text;
  for (const ScenarioComparison& scenario : comparison.scenarios)
    text += scenario_text(comparison, scenario, look);
  for (const results::Sweep& sweep : comparison.sweeps) text += sweep_text(sweep, look);
  text += study_text(comparison, look);
  text += paragraph(integrity_sentence(comparison), "", look);
  const std::string disturbed = disturbed_sentence(comparison);
  if (!disturbed.empty()) text += paragraph(disturbed, "", look, TextColour::yellow);
  const std::string instrument = instrument_sentence(comparison);
  if (!instrument.empty()) text += paragraph(instrument, "", look, TextColour::red);
  if (comparison.scenarios.empty()) return text;
  return text + paragraph(
                    "verdict: what set the figure (server, generator, or latency when neither was full); an "
                    "invalid one "
                    "is to be compared with nothing. Reasons and all columns: in the report.",
                    "", look);
}

}  // namespace threadmill::plots
