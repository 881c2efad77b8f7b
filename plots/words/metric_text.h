#pragma once
// A metric's values as people read them. Pure functions.

#include <string>

#include "results/trial/metrics.h"

namespace threadmill::plots {

/// In the unit that reads best: durations, bytes, percent, or a plain number.
std::string metric_value(results::Metric metric, double value);

}  // namespace threadmill::plots
