#include "plots/report/behaviour_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"
#include "plots/words/metric_text.h"
#include "results/behaviour/behaviour.h"

namespace threadmill::plots {
namespace {

using results::BehaviourCell;
using results::BehaviourColumn;
using results::BehaviourRow;
using results::BehaviourTable;
using results::Fared;

/// "held 0.97×", "**degraded** 0.43×", "**lost clients**", ...
std::string fared_cell(const BehaviourCell& cell) {
  if (cell.fared == Fared::not_run) return std::string(no_number);
  const auto name = results::fared_name(cell.fared);
  const bool is_calm = cell.fared == Fared::held || cell.fared == Fared::not_applicable;
  std::string text = is_calm ? std::string(name) : fmt::format("**{}**", name);
  if (cell.of_calm) text += fmt::format(" {}{}", bound_mark(cell.of_calm_hidden), ratio(*cell.of_calm));
  return text;
}

std::string table_of(const BehaviourTable& behaviour) {
  Table table;
  table.add_column("Server", behaviour.rows, [](const BehaviourRow& row) { return markdown(row.subject); });
  for (std::size_t i = 0; i < behaviour.columns.size(); ++i) {
    table.add_column(markdown(behaviour.columns[i].name), behaviour.rows,
                     [&](const BehaviourRow& row) { return fared_cell(row.cells[i]); });
  }
  return markdown_table(table, Align::left);
}

std::string meaning_of(const BehaviourColumn& column) {
  std::string text = fmt::format("- **{}** ({}): {}.", markdown(column.name), markdown(column.scenario),
                                 markdown(column.title, 200));
  if (!column.metric) return text + " Held: it was got through.\n";
  const bool less = results::traits_of(*column.metric).better == results::Better::less;
  return text + fmt::format(" Its {}, of that in {}; held: {} {}.\n", markdown(metric_words(*column.metric)),
                            markdown(column.calm), less ? "at most" : "at least",
                            ratio(less ? 1 / column.held_within : column.held_within));
}

/// Why, for all cells that the table does not explain: those with the same reason in one line.
std::string reasons_of(const BehaviourTable& behaviour) {
  std::string text;
  for (std::size_t i = 0; i < behaviour.columns.size(); ++i) {
    std::vector<std::pair<std::string, std::string>> subjects_by_reason;
    for (const BehaviourRow& row : behaviour.rows) {
      const BehaviourCell& cell = row.cells[i];
      if (cell.reason.empty()) continue;
      const std::string reason =
          fmt::format("{}: {}", results::fared_name(cell.fared), markdown(cell.reason, 400));
      const auto known = std::find_if(subjects_by_reason.begin(), subjects_by_reason.end(),
                                      [&](const auto& entry) { return entry.first == reason; });
      if (known == subjects_by_reason.end()) {
        subjects_by_reason.emplace_back(reason, markdown(row.subject));
      } else {
        known->second += ", " + markdown(row.subject);
      }
    }
    for (const auto& [reason, subjects] : subjects_by_reason)
      text += fmt::format("- {}, {}: {}.\n", markdown(behaviour.columns[i].name), subjects, reason);
  }
  return text.empty() ? text : text + "\n";
}

}  // namespace

std::string behaviour_section(const results::Comparison& comparison) {
  std::string text;
  for (const auto& table : results::behaviour_tables(comparison)) {
    if (comparison.runs.size() > 1)
      text += fmt::format("### {}\n\n", markdown(comparison.runs[table.run].label));
    text += table_of(table) + "\n";
    for (const auto& column : table.columns) text += meaning_of(column);
    text += "\n" + reasons_of(table);
  }
  if (text.empty()) return text;
  return "## Behaviour\n\nHow each server fared where life is made hard for it. A ratio is its own figure "
         "there, "
         "divided by its own figure in the calm scenario, repeat by repeat: the median.\n\n" +
         text;
}

}  // namespace threadmill::plots
