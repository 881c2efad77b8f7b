#pragma once
// How the same cells differ between two runs, or two subjects in one run: the judgement behind `threadmill
// compare`. Pure functions; every thread may call them.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/comparison/comparison.h"
#include "results/file/environment_difference.h"
#include "results/statistics/multiple_tests.h"
#include "results/statistics/ratio.h"
#include "results/trial/metrics.h"

namespace threadmill::results {

enum class ChangeKind {
  no_difference,  ///< none was found
  better,
  worse,
  different,  ///< by a metric of which neither more nor less is better
  too_few,    ///< no difference, however large, could have been found with so few samples
  held_back,  ///< the load generator hid what could turn the difference around
  no_ratio,   ///< one side was not measured, or has a value of 0
  invalid,    ///< one of the cells is one that nobody may compare
};

/// One subject in one scenario by one metric, in two runs; or two subjects in one scenario of one run.
struct Change {
  std::string scenario;
  std::string subject;  ///< "" where two subjects are compared
  bool ceiling = false;
  ChangeKind kind = ChangeKind::no_difference;
  std::string reason;  ///< of no_ratio and invalid; empty otherwise
  std::optional<Spread> first;
  std::optional<Spread> second;
  Hidden first_hidden = Hidden::nothing;
  Hidden second_hidden = Hidden::nothing;
  std::optional<RatioEstimate> ratio;  ///< second / first; absent where one side was not measured or has a 0
  std::optional<double> corrected_p;   ///< of that ratio being 1, by the method of Holm over the whole table;
                                       ///< absent where it is held back: that is no test

  Hidden ratio_hidden() const { return hidden_of_ratio(second_hidden, first_hidden); }
};

struct ChangesOfMetric {
  Metric metric = Metric::requests_per_s;
  std::vector<Change> changes;
};

/// One side against another.
struct ChangeTable {
  std::string first;  ///< label of the run, or a subject
  std::string second;
  Pairing pairing = Pairing::unpaired;
  std::vector<std::string> warnings;  ///< of both runs: broken off, shared CPUs, a Debug build
  std::vector<EnvironmentDifference> environment;
  std::vector<ChangesOfMetric> metrics;
  std::vector<std::string> not_compared;  ///< a sentence for each cell or scenario without a counterpart
  std::size_t tests = 0;                  ///< p-values that were corrected together
  std::size_t samples_needed = 0;  ///< on each side, or pairs, so that each test could find a difference
};

struct ChangeOptions {
  std::vector<Metric> metrics;         ///< none: main metric, CPU time per request or delivery, p50 and p99
  std::vector<std::string> scenarios;  ///< only these; none: all
};

/// Each further run against the first; none where there is one run only.
std::vector<ChangeTable> changes_between_runs(const std::vector<ResultFile>& files,
                                              const ChangeOptions& options);

/// The same for whoever has the comparison of these files already.
std::vector<ChangeTable> changes_between_runs(const Comparison& comparison,
                                              const std::vector<ResultFile>& files,
                                              const ChangeOptions& options);

/// Each further subject against the first, repeat by repeat, where they share a scenario. `subjects` are at
/// least two.
std::vector<ChangeTable> changes_between_subjects(const ResultFile& file,
                                                  const std::vector<std::string>& subjects,
                                                  const ChangeOptions& options);

/// "better", "no-difference", ...: as JSON has it.
std::string_view change_kind_name(ChangeKind kind);

}  // namespace threadmill::results
