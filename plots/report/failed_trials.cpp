#include "plots/report/failed_trials.h"

#include <fmt/format.h>

#include "plots/text/text.h"
#include "plots/words/words.h"

namespace threadmill::plots {
namespace {

using results::Comparison;

std::string failed_in_scenarios(const Comparison& comparison) {
  std::string text;
  for (const results::ScenarioComparison& scenario : comparison.scenarios) {
    for (const results::Row& row : scenario.rows) {
      for (const results::Trial& trial : row.trials) {
        if (trial.valid()) continue;
        text += fmt::format("- {}, {}, repeat {}: {}\n", markdown(scenario.name), markdown(row.label),
                            trial.repeat + 1, markdown(trial.problem, 300));
      }
    }
  }
  return text;
}

std::string failed_in_sweeps(const Comparison& comparison) {
  std::string text;
  for (const results::Sweep& sweep : comparison.sweeps) {
    for (const results::SweepRow& row : sweep.rows) {
      for (const results::Probe& probe : row.probes) {
        if (probe.verdict.outcome) continue;
        text += fmt::format("- {}, {}: {}\n", markdown(probe.scenario), markdown(row.label),
                            markdown(probe.verdict.reason, 300));
      }
    }
  }
  return text;
}

}  // namespace

std::string failed_trials_section(const Comparison& comparison) {
  const std::string heading = "## Trials that do not count\n\n";
  const std::string text = failed_in_scenarios(comparison) + failed_in_sweeps(comparison);
  if (!text.empty()) return heading + "Shown here and left out of every figure above.\n\n" + text + "\n";
  if (!comparison.sweeps.empty())
    return heading + "None. Errors of a sweep's probes are held against its service level.\n\n";
  if (messages_are_followed(comparison))
    return heading +
           "None: every trial ran to its end with no error. What a fault or an absence did to messages is a "
           "result, in the tables above.\n\n";
  return heading +
         "None: every trial ran to its end with no error and no message corrupt, lost, repeated, reordered "
         "or "
         "misdelivered.\n\n";
}

}  // namespace threadmill::plots
