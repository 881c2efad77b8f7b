#pragma once
// Metrics as options name them.

#include <string>
#include <vector>

#include "results/trial/metrics.h"

namespace threadmill::harness {

/// The metrics of --metric lists. Throws InputError for one that nobody knows, that is given twice, or of
/// which neither more nor less is better.
std::vector<results::Metric> metrics_with_direction(const std::vector<std::string>& lists);

}  // namespace threadmill::harness
