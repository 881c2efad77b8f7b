#include "plots/gate/markdown.h"

#include <fmt/format.h>

#include "plots/gate/words.h"
#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "plots/words/metric_text.h"

namespace threadmill::plots {
namespace {

using results::GateCell;
using results::GateOutcome;
using results::GateReport;

/// Longer than any text that gate_text() leaves, so that nothing is cut a second time.
constexpr std::size_t uncut = 1000;

std::string_view mark_of(GateOutcome outcome) {
  switch (outcome) {
    case GateOutcome::passed:
      return "✅";
    case GateOutcome::regression:
      return "❌";
    case GateOutcome::inconclusive:
      return "❔";
    case GateOutcome::invalid:
      return "⛔";
  }
  return "";
}

std::string marked(GateOutcome outcome) {
  return fmt::format("{} {}", mark_of(outcome), results::gate_outcome_name(outcome));
}

std::string table_of(const std::vector<GateCell>& cells) {
  Table table;
  table.add_column("Judgement", cells, [](const GateCell& cell) { return marked(cell.outcome); });
  table.add_column("Server", cells,
                   [](const GateCell& cell) { return markdown(gate_text(cell.subject), uncut); });
  table.add_column("Scenario", cells,
                   [](const GateCell& cell) { return markdown(gate_text(cell.scenario), uncut); });
  table.add_column("Metric", cells,
                   [](const GateCell& cell) { return markdown(results::traits_of(cell.metric).name); });
  table.add_column("Baseline", cells,
                   [](const GateCell& cell) { return median_of_metric(cell.metric, cell.baseline); });
  table.add_column("Candidate", cells,
                   [](const GateCell& cell) { return median_of_metric(cell.metric, cell.candidate); });
  table.add_column("Worse by (95 % interval)", cells,
                   [](const GateCell& cell) { return worsening_words(cell.worsening); });
  table.add_column("Noise floor", cells, [](const GateCell& cell) { return share_words(cell.noise_floor); });
  table.add_column("Would be found 9 times of 10", cells,
                   [](const GateCell& cell) { return share_words(cell.smallest_detectable); });
  return markdown_table(table) + "\n";
}

/// A cell that passed needs no words.
std::string reasons_of(const std::vector<GateCell>& cells) {
  std::string text;
  for (const GateCell& cell : cells) {
    if (cell.outcome == GateOutcome::passed || cell.reason.empty()) continue;
    text +=
        fmt::format("- **{}**: {}\n", markdown(cell_name(cell), uncut), markdown(cell_reason(cell), uncut));
  }
  return text.empty() ? text : text + "\n";
}

std::string warnings_of(const std::vector<std::string>& warnings) {
  std::string text;
  for (const std::string& warning : warnings)
    text += "- ⚠️ " + markdown(gate_text(warning, 300), uncut) + "\n";
  return text.empty() ? text : text + "\n";
}

}  // namespace

std::string gate_markdown(const GateReport& report) {
  std::string text =
      fmt::format("### {} Threadmill gate: {}\n\n{}.\n\n", mark_of(report.outcome()),
                  markdown(verdict_of_gate(report), uncut), markdown(what_was_judged(report), uncut));
  if (!report.cells.empty()) text += table_of(report.cells);
  return text + reasons_of(report.cells) + warnings_of(report.warnings);
}

}  // namespace threadmill::plots
