#pragma once
// What `threadmill compare --json` prints: what the table says, for programs. Pure functions.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "results/comparison/change.h"

namespace threadmill::plots {

/// {"comparisons": [{"first": .., "second": .., "changes": [..], ..}, ..]}. Ratios are second / first;
/// intervals are [low, high] or null.
nlohmann::json compare_json(const std::vector<results::ChangeTable>& tables);

}  // namespace threadmill::plots
