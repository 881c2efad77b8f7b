#pragma once
// What a gate warns of beside its judgement. Pure functions.

#include "results/comparison/comparison.h"
#include "results/gate/gate.h"
#include "results/gate/gate_cells.h"

namespace threadmill::results {

/// What reading the runs told, and how many of their trials the machine did not have to itself.
void warn_of_runs(GateReport& report, const Comparison& comparison);

/// Differences between the two environments that matter.
void warn_of_differences(GateReport& report, const ResultFile& baseline, const ResultFile& candidate);

/// Once for each scenario.
void warn_of_no_yardstick(GateReport& report, const MeasuredCell& measured);

}  // namespace threadmill::results
