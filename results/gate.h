#pragma once
// Whether a candidate has become worse than its baseline: the judgement behind `threadmill gate`. Derived
// from result files; no clock, no process.

#include <optional>
#include <string>
#include <vector>

#include "results/metrics.h"
#include "results/ratio.h"
#include "results/statistics.h"

namespace threadmill::results {

enum class GateOutcome {
  passed,        ///< shown to be worse by less than the limit
  regression,    ///< worse than noise, and not shown to be worse by less than the limit
  inconclusive,  ///< neither can be shown
  invalid,       ///< a cell that nobody may judge
};

/// One subject in one scenario by one metric. Ratios here are of *worsening*: above 1 the candidate is worse,
/// whichever way the metric goes.
struct GateCell {
  std::string scenario;
  std::string subject;
  Metric metric = Metric::cpu_us_per_request;
  GateOutcome outcome = GateOutcome::inconclusive;
  std::string reason;  ///< one sentence: what decided, or what would
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

  /// invalid, then regression, then inconclusive, if any cell is; else passed.
  GateOutcome outcome() const;
};

/// "passed", "regression", "inconclusive", "invalid".
std::string_view gate_outcome_name(GateOutcome outcome);

}  // namespace threadmill::results
