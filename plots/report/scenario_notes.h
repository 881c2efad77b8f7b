#pragma once
// What a reader must know about a scenario's tables.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A Markdown list, each note one line; "" when there is nothing to know.
std::string scenario_notes(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
