#pragma once
// Whether a candidate has become worse than its baseline: the judgement behind `threadmill gate`. Derived
// from result files; no clock, no process. Pure functions; every thread may call them.
//
// A cell passes when the interval of its change ends below the limit: it is shown not to be worse by the
// limit or more. It is a regression when it is surely worse and cannot be shown to be below the limit. With
// many cells, one of them would be "surely worse" by chance: the p-values of a report are corrected by Holm's
// method over its cells, and a regression needs a corrected one below 0.05. To pass needs no correction: all
// cells have to.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/file/store.h"
#include "results/gate/contrast.h"
#include "results/statistics/ratio.h"
#include "results/statistics/statistics.h"
#include "results/trial/metrics.h"

namespace threadmill::results {

enum class GateOutcome {
  passed,        ///< shown to be worse by less than the limit
  regression,    ///< worse than noise, and not shown to be worse by less than the limit
  inconclusive,  ///< neither can be shown
  invalid,       ///< a cell that nobody may judge
};

/// What keeps an inconclusive cell from being decided.
enum class GateDoubt {
  samples,    ///< they are too few or too noisy
  yardstick,  ///< it changed by more than the limit itself; else the cell would have passed
  figures,    ///< they are missing, or say nothing about the server
};

/// One subject in one scenario by one metric. Ratios here are of *worsening*: above 1 the candidate is worse,
/// whichever way the metric goes.
struct GateCell {
  std::string scenario;
  std::string subject;
  Metric metric = Metric::cpu_us_per_request;
  GateOutcome outcome = GateOutcome::inconclusive;
  std::string reason;                    ///< one sentence: what decided, or what would
  GateDoubt doubt = GateDoubt::samples;  ///< why, where it is inconclusive
  bool only_in_baseline = false;         ///< the candidate has no such cell: inconclusive
  std::optional<RatioEstimate>
      worsening;                   ///< what is judged; in proportion to the yardstick where there is one
  std::optional<Spread> baseline;  ///< of the metric, as measured
  std::optional<Spread> candidate;
  std::optional<RatioEstimate>
      yardstick;                      ///< how the yardstick changed from baseline to candidate: the machine
  std::optional<double> noise_floor;  ///< largest change that a subject against itself shows (0.012: 1.2 %)
  std::optional<double> smallest_detectable;  ///< that would have been found 9 times of 10
};

struct GateReport {
  std::string baseline;  ///< name of the file or program
  std::string candidate;
  double max_regression = 0.05;
  double took_s = 0;  ///< of measuring; 0 where both were files
  std::vector<GateCell> cells;
  std::vector<std::string>
      warnings;  ///< differences between the two environments that matter, disturbed trials

  /// invalid, then regression, then inconclusive, if any cell is; else passed. Without cells: inconclusive.
  GateOutcome outcome() const;
};

/// "passed", "regression", "inconclusive", "invalid".
std::string_view gate_outcome_name(GateOutcome outcome);

/// "samples", "yardstick", "figures".
std::string_view gate_doubt_name(GateDoubt doubt);

struct GateOptions {
  double max_regression = 0.05;      ///< above 0
  std::vector<Metric> metrics = {};  ///< that have a direction; none: CPU time per request, per delivery
                                     ///< where a scenario is about deliveries
  std::vector<std::string> scenarios = {};  ///< only these; none: all
  std::vector<std::string> subjects = {};   ///< only these, by the baseline's names; none: all
  double took_s = 0;                        ///< of measuring the candidate; 0 where both were files
};

/// Two subjects of one file.
struct GatePair {
  std::string baseline;
  std::string candidate;
};

/// Two runs: each subject of a scenario of the baseline is a cell, to be judged where the candidate ran it
/// under the very same load. By CPU time and where both have the yardstick in the scenario, subjects are
/// judged in proportion to it; where the yardstick itself changed by more than the limit, nothing passes.
/// Without one, a cell of which most trials of a side were disturbed is inconclusive.
GateReport judge_files(const ResultFile& baseline, const ResultFile& candidate, const GateOptions& options);

/// Baseline and candidate ran in the same blocks of one file: their paired ratios are judged.
GateReport judge_side_by_side(const ResultFile& file, const std::vector<GatePair>& pairs,
                              const GateOptions& options);

/// Why a baseline cannot be judged against: a sentence for each invalid cell.
std::vector<std::string> baseline_problems(const ResultFile& baseline, const GateOptions& options);

}  // namespace threadmill::results
