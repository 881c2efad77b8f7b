#include "plots/quietness_section.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "plots/cells.h"
#include "plots/markdown_syntax.h"
#include "plots/text.h"

namespace threadmill::plots {
namespace {

using results::Comparison;
using results::Disturbance;
using results::Row;
using results::Trial;

/// More lines than these are no list that anybody reads; the CSV has them all.
constexpr std::size_t most_lines = 20;

std::string quietness_table(const results::Run& run) {
  Table table;
  const auto& items = run.quietness;
  table.add_column("What", items, [](const Disturbance& d) {
    return fmt::format("{}, % {}", markdown(d.name), markdown(d.meaning));
  });
  table.add_column("median trial", items, [](const Disturbance& d) { return percent(d.spread.median); });
  table.add_column("worst trial", items, [](const Disturbance& d) { return percent(d.spread.max); });
  table.add_column("which", items, [](const Disturbance& d) { return markdown(d.worst_trial, 120); });
  return markdown_table(table);
}

/// "repeat 2: others used 12 % of its CPUs; repeat 3: ...".
std::string disturbed_repeats(const Row& row) {
  std::vector<std::string> repeats;
  for (const Trial& trial : row.trials) {
    if (trial.disturbances.empty()) continue;
    repeats.push_back(fmt::format("repeat {}: {}", trial.repeat + 1, fmt::join(trial.disturbances, ", ")));
  }
  return fmt::format("{}", fmt::join(repeats, "; "));
}

/// One line for each row of the run that has a disturbed trial.
std::vector<std::string> disturbed_rows(const Comparison& comparison, std::size_t run) {
  std::vector<std::string> lines;
  for (const auto& scenario : comparison.scenarios) {
    for (const Row& row : scenario.rows) {
      const std::string repeats = row.run == run ? disturbed_repeats(row) : std::string();
      if (!repeats.empty())
        lines.push_back(fmt::format("- {}, {}: {}.\n", markdown(scenario.name), markdown(row.subject),
                                    markdown(repeats, 500)));
    }
  }
  return lines;
}

std::string disturbed_list(const Comparison& comparison, std::size_t run) {
  std::vector<std::string> lines = disturbed_rows(comparison, run);
  if (lines.empty()) return "No trial was disturbed.\n\n";
  std::string more;
  if (lines.size() > most_lines) {
    more = fmt::format("- and {} more rows: see the column `disturbances` of trials.csv.\n",
                       lines.size() - most_lines);
    lines.resize(most_lines);
  }
  return fmt::format("Disturbed: {} of {} trials. They count.\n\n{}{}\n",
                     comparison.runs[run].disturbed_trials, comparison.runs[run].trials, fmt::join(lines, ""),
                     more);
}

}  // namespace

std::string quietness_section(const Comparison& comparison) {
  std::string text;
  for (std::size_t run = 0; run < comparison.runs.size(); ++run) {
    if (comparison.runs[run].quietness.empty()) continue;
    if (comparison.runs.size() > 1) text += fmt::format("### {}\n\n", markdown(comparison.runs[run].label));
    text += quietness_table(comparison.runs[run]) + "\n" + disturbed_list(comparison, run);
  }
  return text.empty() ? text : "## How quiet the machine was\n\n" + text;
}

}  // namespace threadmill::plots
