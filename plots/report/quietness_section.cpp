#include "plots/report/quietness_section.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "plots/text/markdown_syntax.h"
#include "plots/text/text.h"
#include "plots/words/cells.h"

namespace threadmill::plots {
namespace {

using results::Comparison;
using results::Disturbance;
using results::Row;
using results::Trial;

/// More lines than these are no list that anybody reads; the CSV has them all.
constexpr std::size_t most_lines = 20;

std::string line_of(const std::string& scenario, const std::string& subject, const std::string& what) {
  return fmt::format("- {}, {}: {}.\n", markdown(scenario), markdown(subject), markdown(what, 500));
}

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

/// "repeat 2: others used 12 % of its CPUs".
std::string disturbed_repeat(const Trial& trial) {
  return fmt::format("repeat {}: {}", trial.repeat + 1, fmt::join(trial.disturbances, ", "));
}

/// "repeat 2: others used 12 % of its CPUs; repeat 3: ...".
std::string disturbed_repeats(const Row& row) {
  std::vector<std::string> repeats;
  for (const Trial& trial : row.trials) {
    if (trial.is_disturbed()) repeats.push_back(disturbed_repeat(trial));
  }
  return fmt::format("{}", fmt::join(repeats, "; "));
}

/// One line for each row of the run that has a disturbed trial.
std::vector<std::string> disturbed_rows(const Comparison& comparison, std::size_t run) {
  std::vector<std::string> lines;
  for (const auto& scenario : comparison.scenarios) {
    for (const Row& row : scenario.rows) {
      const std::string repeats = row.run == run ? disturbed_repeats(row) : std::string();
      if (!repeats.empty()) lines.push_back(line_of(scenario.name, row.subject, repeats));
    }
  }
  return lines;
}

/// One line for each disturbed probe of the run's sweeps: each level is a scenario of its own.
std::vector<std::string> disturbed_probes(const Comparison& comparison, std::size_t run) {
  std::vector<std::string> lines;
  for (const auto& sweep : comparison.sweeps) {
    for (const auto& row : sweep.rows) {
      for (const auto& probe : row.probes) {
        if (row.run == run && probe.trial.is_disturbed())
          lines.push_back(line_of(probe.scenario, row.subject, disturbed_repeat(probe.trial)));
      }
    }
  }
  return lines;
}

std::string disturbed_list(const Comparison& comparison, std::size_t run) {
  std::vector<std::string> lines = disturbed_rows(comparison, run);
  const std::vector<std::string> probes = disturbed_probes(comparison, run);
  lines.insert(lines.end(), probes.begin(), probes.end());
  if (lines.empty()) return "No trial was disturbed.\n\n";
  std::string more;
  if (lines.size() > most_lines) {
    more = fmt::format("- and {} more lines: see the column `disturbances` of trials.csv.\n",
                       lines.size() - most_lines);
    lines.resize(most_lines);
  }
  return fmt::format("Disturbed: {} of {}. They count.\n\n{}{}\n", comparison.runs[run].disturbed_trials,
                     counted(comparison.runs[run].trials, "trial"), fmt::join(lines, ""), more);
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
