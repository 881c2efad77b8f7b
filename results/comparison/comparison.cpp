#include "results/comparison/comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/comparison/cell.h"
#include "results/comparison/row_summary.h"
#include "results/comparison/winner.h"
#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

using nlohmann::json;

/// The entry of the very same experiment, or a new one: two loads that differ are never put side by side.
ScenarioComparison& find_or_add(std::vector<ScenarioComparison>& scenarios, const json& record) {
  ScenarioComparison wanted = describe_scenario(record);
  for (ScenarioComparison& known : scenarios) {
    if (known.name != wanted.name || known.load != wanted.load || known.conditions != wanted.conditions)
      continue;
    known.not_applicable.merge(wanted.not_applicable);
    return known;
  }
  scenarios.push_back(std::move(wanted));
  return scenarios.back();
}

Row& row_of(std::vector<Row>& rows, std::size_t run, const std::string& subject) {
  for (Row& row : rows) {
    if (row.run == run && row.subject == subject) return row;
  }
  Row& row = rows.emplace_back();
  row.run = run;
  row.subject = subject;
  row.label = subject;
  row.ceiling = subject == ceiling_subject;
  return row;
}

void add_trials(const ResultFile& file, std::size_t run, ScenarioComparison& scenario, const json& record) {
  std::vector<std::string> subjects = texts_at(record, "/subjects");
  for (const json& trial : file.trials) {
    const std::string subject = text_at(trial, "/subject");
    if (text_at(trial, "/scenario") == scenario.name &&
        std::find(subjects.begin(), subjects.end(), subject) == subjects.end()) {
      subjects.push_back(subject);
    }
  }
  const bool shared = shares_cpus(file.header);
  const std::size_t cpus = shared ? 0 : server_cpu_count(file.header);
  for (const std::string& subject : subjects) {
    Row* row = nullptr;
    std::optional<RowSummary> summary;
    for (const json& trial : file.trials) {
      if (text_at(trial, "/scenario") != scenario.name || text_at(trial, "/subject") != subject) continue;
      if (row == nullptr)
        summary.emplace(*(row = &row_of(scenario.rows, run, subject)), scenario.main_metric);
      summary->add(trial, derive_trial(trial, cpus));
    }
    if (row != nullptr) {
      row->shared_cpus = shared;
      row->open = scenario.open;
    }
    if (summary) summary->finish();
  }
}

void relate_to_ceiling(ScenarioComparison& scenario) {
  for (Row& row : scenario.rows) {
    const auto ceiling = std::find_if(scenario.rows.begin(), scenario.rows.end(), [&](const Row& other) {
      return other.ceiling && other.run == row.run && is_comparable(other);
    });
    if (ceiling == scenario.rows.end() || row.ceiling || !is_comparable(row)) continue;
    row.of_ceiling = spread(paired_ratios(row, *ceiling, scenario.main_metric));
    row.of_ceiling_hidden =
        hidden_of_ratio(hidden_of(row, scenario.main_metric), hidden_of(*ceiling, scenario.main_metric));
  }
}

void measure_windows(ScenarioComparison& scenario) {
  std::vector<double> windows;
  for (const Row& row : scenario.rows) {
    for (const Trial& trial : row.trials) {
      if (trial.valid() && trial.window_s) windows.push_back(*trial.window_s);
    }
  }
  scenario.window_s = spread(windows);
}

/// What kept a probe from telling anything makes it invalid; errors may be just what was looked for.
void count_probes(Comparison& comparison, Sweep& sweep) {
  for (SweepRow& row : sweep.rows) {
    Run& run = comparison.runs[row.run];
    run.trials += row.probes.size();
    run.invalid_trials += static_cast<std::size_t>(std::count_if(
        row.probes.begin(), row.probes.end(), [](const Probe& probe) { return !probe.verdict.outcome; }));
    run.disturbed_trials += static_cast<std::size_t>(std::count_if(
        row.probes.begin(), row.probes.end(), [](const Probe& probe) { return probe.trial.is_disturbed(); }));
    if (comparison.runs.size() > 1) row.label = fmt::format("{} @ {}", row.subject, run.label);
  }
}

std::size_t count_disturbed(const std::vector<Trial>& trials) {
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [](const Trial& t) { return t.is_disturbed(); }));
}

void judge_runs(Comparison& comparison, ScenarioComparison& scenario) {
  for (std::size_t run = 0; run < comparison.runs.size(); ++run) {
    const bool present = std::any_of(scenario.rows.begin(), scenario.rows.end(),
                                     [&](const Row& row) { return row.run == run; });
    // At a rate that is set, requests/s only say whether it was kept.
    if (present && !scenario.open)
      scenario.verdicts.push_back(judge(scenario.rows, run, scenario.main_metric));
  }
}

Comparison compare_all(const std::vector<FileRef>& files) {
  Comparison comparison;
  for (std::size_t run = 0; run < files.size(); ++run) {
    const ResultFile& file = *files[run].file;
    comparison.runs.push_back(describe_run(file, comparison.runs));
    for (const json& record : file.scenarios) {
      if (is_sweep_level(record)) continue;
      add_trials(file, run, find_or_add(comparison.scenarios, record), record);
    }
    add_sweeps(file, run, comparison.sweeps, comparison.runs[run].warnings);
  }
  for (Sweep& sweep : comparison.sweeps) count_probes(comparison, sweep);
  for (ScenarioComparison& scenario : comparison.scenarios) {
    for (Row& row : scenario.rows) {
      Run& run = comparison.runs[row.run];
      run.trials += row.trials.size();
      run.invalid_trials += row.trials.size() - row.valid;
      run.disturbed_trials += count_disturbed(row.trials);
      row.stability = stability_of(row.trials, scenario.steady_metric);
      if (files.size() > 1) row.label = fmt::format("{} @ {}", row.subject, run.label);
    }
    relate_to_ceiling(scenario);
    measure_windows(scenario);
    judge_runs(comparison, scenario);
  }
  return comparison;
}

}  // namespace

Comparison compare(const std::vector<ResultFile>& files) {
  return compare_all(std::vector<FileRef>(files.begin(), files.end()));
}

Comparison compare(std::initializer_list<FileRef> files) { return compare_all(files); }

}  // namespace threadmill::results
