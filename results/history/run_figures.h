#pragma once
// What one run has to say in a history.

#include <string>
#include <vector>

#include "results/history/history.h"

namespace threadmill::results {

/// Every scenario and every sweep of a comparison of one run, with series of one point each, of the run 0.
/// Keeps figures and no trials.
std::vector<HistoryScenario> figures_of_run(Comparison comparison, const std::string& machine);

}  // namespace threadmill::results
