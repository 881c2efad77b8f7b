#include "plots/report/csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plots/text/text.h"
#include "results/comparison/cell.h"

namespace threadmill::plots {
namespace {

std::string counts_field(const results::Counts& counts) {
  std::uint64_t sum = 0;
  for (const auto& [kind, count] : counts) sum += count;
  return std::to_string(sum);
}

std::string header() {
  std::string line =
      "run,scenario,subject,repeat,sequence,started_at,valid,problem,limited_by,errors,integrity_violations";
  for (const auto& traits : results::metrics()) line += fmt::format(",{}", traits.name);
  return line + ",memory_is_growth,disturbances,verdict,verdict_reason\n";
}

std::string trial_line(const std::string& run, const std::string& scenario, const results::Trial& trial) {
  std::string line = fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{}", csv_field(run), csv_field(scenario), csv_field(trial.subject),
      trial.repeat + 1, trial.sequence, csv_field(trial.started_at), trial.valid() ? "true" : "false",
      csv_field(trial.problem), trial.limit ? load::to_text(trial.limit->limited_by) : "",
      counts_field(trial.errors), counts_field(trial.integrity));
  for (const auto& traits : results::metrics()) {
    const auto& value = trial.values[traits.metric];
    line += value ? fmt::format(",{:.10g}", *value) : ",";
  }
  line += trial.memory_is_growth ? ",true," : ",false,";
  return line + csv_field(fmt::format("{}", fmt::join(trial.disturbances, "; ")));
}

/// The verdict on the cell, the same on the lines of all its trials.
std::string verdict_fields(const results::Row& row) {
  const auto verdict = results::judge_cell(row);
  return fmt::format(",{},{}\n", results::cell_state_name(verdict.state), csv_field(verdict.reason));
}

/// Of a probe: whether its level was met.
std::string verdict_fields(const results::Probe& probe) {
  const auto& outcome = probe.verdict.outcome;
  return fmt::format(",{},{}\n", outcome ? results::outcome_name(*outcome) : "invalid",
                     csv_field(probe.verdict.reason));
}

}  // namespace

std::string csv_table(const results::Comparison& comparison) {
  std::string text = header();
  for (const auto& scenario : comparison.scenarios) {
    for (const auto& row : scenario.rows) {
      const std::string verdict = verdict_fields(row);
      for (const auto& trial : row.trials)
        text += trial_line(comparison.runs[row.run].label, scenario.name, trial) + verdict;
    }
  }
  for (const auto& sweep : comparison.sweeps) {
    for (const auto& row : sweep.rows) {
      for (const auto& probe : row.probes)
        text +=
            trial_line(comparison.runs[row.run].label, probe.scenario, probe.trial) + verdict_fields(probe);
    }
  }
  return text;
}

}  // namespace threadmill::plots
