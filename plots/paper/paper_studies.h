#pragma once
// The answers to sources' own experiments, for a paper.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// For each run that is of a study a paragraph and a list of its claims, which may break over pages; "" where
/// no run is. LaTeX that needs no package.
std::string paper_studies(const results::Comparison& comparison);

}  // namespace threadmill::plots
