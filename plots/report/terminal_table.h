#pragma once
// The table of one scenario or sweep for a terminal: as many columns as fit, the main figure as a bar.

#include <string>

#include "plots/text/terminal_parts.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// One line for each server; the verdict is among the last columns to go.
std::string scenario_table(const results::ScenarioComparison& scenario, const TerminalLook& look);

/// One line for each server; columns are left out from the right.
std::string capacity_table(const results::Sweep& sweep, const TerminalLook& look);

}  // namespace threadmill::plots
