#include "results/gate/gate_warnings.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/file/environment_difference.h"

namespace threadmill::results {
namespace {

/// How many of a run's trials the machine did not have to itself, with what the first of them tells.
void warn_of_disturbances(GateReport& report, const Comparison& comparison, std::size_t run) {
  std::size_t trials = 0, disturbed = 0;
  std::string example;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    for (const Row& row : scenario.rows) {
      if (row.run != run) continue;
      trials += row.trials.size();
      for (const Trial& trial : row.trials) {
        if (trial.disturbances.empty()) continue;
        if (disturbed++ == 0) example = trial.disturbances.front();
      }
    }
  }
  if (disturbed == 0) return;
  report.warnings.push_back(fmt::format("{}: {} of {} trials were disturbed, the first because {}",
                                        comparison.runs[run].file, disturbed, trials, example));
}

}  // namespace

void warn_of_runs(GateReport& report, const Comparison& comparison) {
  for (std::size_t run = 0; run < comparison.runs.size(); ++run) {
    const auto& warnings = comparison.runs[run].warnings;
    report.warnings.insert(report.warnings.end(), warnings.begin(), warnings.end());
    warn_of_disturbances(report, comparison, run);
  }
}

void warn_of_differences(GateReport& report, const ResultFile& baseline, const ResultFile& candidate) {
  for (const EnvironmentDifference& difference : environment_differences(baseline, candidate)) {
    if (!difference.matters) continue;
    report.warnings.push_back(fmt::format("{} differs: {} in the baseline, {} in the candidate; {}",
                                          difference.name, difference.first, difference.second,
                                          difference.why));
  }
}

void warn_of_no_yardstick(GateReport& report, const MeasuredCell& measured) {
  if (!measured.lacks_yardstick) return;
  const std::string warning = fmt::format(
      "{}: not both files have a yardstick ({}) that counts: the machine's drift is in the figures",
      measured.cell.scenario, ceiling_subject);
  if (std::find(report.warnings.begin(), report.warnings.end(), warning) == report.warnings.end())
    report.warnings.push_back(warning);
}

}  // namespace threadmill::results
