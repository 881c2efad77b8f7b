#pragma once
// One scenario of a report.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A section in Markdown: heading, question, load in words, tables, notes, published figures.
std::string scenario_section(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
