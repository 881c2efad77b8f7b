#pragma once
// One scenario of a report.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A section in Markdown: heading, question, load in words, tables, notes, everybody against the first,
/// published figures (unless a study of the comparison shows them).
std::string scenario_section(const results::Comparison& comparison,
                             const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
