#pragma once
// The data set of crossover maps.

#include <nlohmann/json_fwd.hpp>

#include "plots/words/colours.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// Adds "by_grid" where scenarios differ in two quantities of the load and in nothing else, each with two
/// levels or more: one record for each of those scenarios and each run.
///   scenario            its name
///   panel, panel_order  what the scenarios have in common, and the service level
///   x, y                the levels; x_text, y_text: with their units
///   outcome             "winner", "too close", "none keeps the level", "invalid", "not judged"
///                       (results/comparison/crossover.h)
///   subject, color      the winner's, or the leader's where it is too close; grey where there is none
///   text                what to write into the cell
void add_grid_data(const results::Comparison& comparison, Colours& colours, nlohmann::json& sets);

}  // namespace threadmill::plots
