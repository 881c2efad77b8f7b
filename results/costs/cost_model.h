#pragma once
// The cost model: predicted CPU time per request beside the measured one, and what stays unexplained.

#include <string>
#include <vector>

#include "results/comparison/comparison.h"
#include "results/costs/request_cost.h"

namespace threadmill::results {

/// A prediction that is off by no more than this share of what was measured explains it.
inline constexpr double kExplainedWithin = 0.25;

struct CostModelRow {
  const Row* row = nullptr;
  PredictedCost predicted;
  double measured_us = 0;

  /// What was measured and not predicted; negative where too much was predicted.
  double unexplained_us() const { return measured_us - predicted.us(); }
  double unexplained_share() const { return unexplained_us() / measured_us; }
  bool is_explained() const;
};

/// A scenario whose requests are alike, each answered at once, over connections that stay.
struct CostModelScenario {
  const ScenarioComparison* scenario = nullptr;
  std::vector<CostModelRow> rows;        ///< of our models, where CPU time was measured
  std::vector<std::string> unpredicted;  ///< "NAME: why", of the others among them
};

/// Points into the comparison. Only scenarios of runs that recorded primitives; none where no run did. Pure.
std::vector<CostModelScenario> cost_model(const Comparison& comparison);

}  // namespace threadmill::results
