#pragma once
// The report's tables for a paper.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A LaTeX file to \input: one table for each scenario, and one for each sweep, with caption and label
/// ("tab:threadmill-NAME"); behind them the claims of each study. Needs the package booktabs. Pure.
std::string paper_tables(const results::Comparison& comparison);

}  // namespace threadmill::plots
