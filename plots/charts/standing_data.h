#pragma once
// The data set of who wins, and how far the others are behind.

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "plots/charts/chart_row.h"

namespace threadmill::plots {

/// Adds the row's record to "standings", where its scenario has a ranking; a ceiling has none. Beside what
/// all have (plots/charts/chart_data.h):
///   standing   "winner", "too close", "beaten", "invalid" or "not judged" (results/comparison/winner.h)
///   of_leader  the main metric as a share of the leader's, where both can be compared
///   text       "wins", "62 %", "≈ 98 %" where it is too close to call, "invalid"
void add_standing_data(const ChartRow& row, nlohmann::json& sets);

/// The row's main metric as a share of that of its scenario's leader. Nothing where they cannot be compared.
std::optional<double> share_of_leader(const ChartRow& row);

}  // namespace threadmill::plots
