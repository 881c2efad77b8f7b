#include "plots/gate/terminal.h"

#include <fmt/format.h>

#include <algorithm>

#include "plots/gate/words.h"
#include "plots/text/terminal_parts.h"
#include "plots/text/text.h"
#include "plots/words/metric_text.h"

namespace threadmill::plots {
namespace {

using results::GateCell;
using results::GateReport;

constexpr std::size_t shortest_name = 12;

Table figures_of(const std::vector<GateCell>& cells) {
  Table table;
  table.add_column("baseline", cells,
                   [](const GateCell& cell) { return median_of_metric(cell.metric, cell.baseline); });
  table.add_column("candidate", cells,
                   [](const GateCell& cell) { return median_of_metric(cell.metric, cell.candidate); });
  table.add_column("worse by (95 %)", cells,
                   [](const GateCell& cell) { return worsening_words(cell.worsening); });
  table.add_column("noise", cells, [](const GateCell& cell) { return share_words(cell.noise_floor); });
  table.add_column("judgement", cells, [](const GateCell& cell) {
    return std::string(results::gate_outcome_name(cell.outcome));
  });
  return table;
}

/// Puts the names in front, cut to what the figures leave of a line.
Table table_of(const std::vector<GateCell>& cells) {
  Table table = figures_of(cells);
  const std::size_t room = std::max(widest_line - std::min(width_of(table) + 2, widest_line), shortest_name);
  table.header.insert(table.header.begin(), "server, scenario, metric");
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string name =
        fmt::format("{}, {}, {}", gate_text(cells[i].subject, 20), gate_text(cells[i].scenario, 20),
                    results::traits_of(cells[i].metric).name);
    table.rows[i].insert(table.rows[i].begin(), plain(name, room));
  }
  return table;
}

std::string reasons_of(const std::vector<GateCell>& cells) {
  std::string text;
  for (const GateCell& cell : cells) {
    if (!cell.reason.empty())
      text += wrapped(fmt::format("{}: {}", cell_name(cell), cell_reason(cell)), "  ");
  }
  return text;
}

/// How the yardstick changed in each scenario: what the machine, or the build, did meanwhile.
std::string yardsticks_of(const std::vector<GateCell>& cells) {
  std::string text;
  for (auto cell = cells.begin(); cell != cells.end(); ++cell) {
    const auto same = [&](const GateCell& earlier) {
      return earlier.scenario == cell->scenario && earlier.metric == cell->metric;
    };
    if (!cell->yardstick || std::any_of(cells.begin(), cell, same)) continue;
    text += wrapped(fmt::format("The yardstick in {}, by {}: {}; servers are judged in proportion to it.",
                                gate_text(cell->scenario), results::traits_of(cell->metric).name,
                                worsening_words(cell->yardstick)),
                    "  ");
  }
  return text;
}

}  // namespace

std::string gate_terminal_text(const GateReport& report) {
  std::string text = wrapped(what_was_judged(report), "");
  if (!report.cells.empty())
    text += aligned(table_of(report.cells)) + reasons_of(report.cells) + yardsticks_of(report.cells);
  for (const std::string& warning : report.warnings) text += wrapped("! " + gate_text(warning, 300), "  ");
  return text + wrapped(verdict_of_gate(report), "");
}

}  // namespace threadmill::plots
