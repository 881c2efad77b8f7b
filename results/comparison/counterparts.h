#pragma once
// Which cells may be put beside each other: the same subject under the very same load in two runs, or two
// subjects in one scenario of one run. Pure functions; every thread may call them.

#include <cstddef>
#include <string>
#include <vector>

#include "results/comparison/comparison.h"

namespace threadmill::results {

/// Two rows of one scenario. Points into the comparison that it was made from.
struct RowPair {
  const ScenarioComparison* scenario = nullptr;
  const Row* first = nullptr;
  const Row* second = nullptr;
};

struct Counterparts {
  std::vector<RowPair> pairs;
  std::vector<std::string> without;  ///< a sentence for each cell or scenario that has none
};

/// The first run's cells beside those of run `second`. Only the scenarios called so; none: all.
Counterparts counterparts_of_runs(const Comparison& comparison, std::size_t second,
                                  const std::vector<std::string>& scenarios);

/// Why a cell of the first run, in `scenario`, has none beside it in run `second`: a reason without a full
/// stop. `scenario` is one of the comparison's.
std::string why_no_counterpart(const Comparison& comparison, const ScenarioComparison& scenario,
                               std::size_t second);

/// Two subjects of the first run.
Counterparts counterparts_of_subjects(const Comparison& comparison, const std::string& first,
                                      const std::string& second, const std::vector<std::string>& scenarios);

}  // namespace threadmill::results
