#pragma once
// What a reader of the page wants to know first. Pure functions; all of it is HTML.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// One card for each scenario and each sweep: who wins, by how much, or why nobody can say.
std::string verdict_cards(const results::Comparison& comparison);

/// Whether messages were lost, trials disturbed, the instrument off; and when a server wins.
std::string summary_notes(const results::Comparison& comparison);

/// A table with a scenario in each row and a server in each column: the figure, what it is a figure of, and
/// who won. "" where there is no scenario.
std::string cell_matrix(const results::Comparison& comparison);

}  // namespace threadmill::plots
