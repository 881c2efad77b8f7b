#pragma once
// The changes of a history for a paper.

#include <string>

#include "results/history/history.h"

namespace threadmill::plots {

/// A LaTeX file to \input: one table of what changed when, labelled "tab:threadmill-changes"; where nothing
/// changed, a comment that says so. Needs the package booktabs. Pure.
std::string history_tex(const results::History& history);

}  // namespace threadmill::plots
