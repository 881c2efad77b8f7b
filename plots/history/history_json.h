#pragma once
// A history as JSON, for programs. Documented by results/schema/history-v1.schema.json.

#include <string>
#include <vector>

#include "results/history/history.h"

namespace threadmill::plots {

/// The version of the format. It changes when a reader of the old one would be wrong, not when keys are
/// added.
inline constexpr int history_json_version = 1;

/// Every figure of every run, not rounded, and the changes. Names are as the result files have them, so that
/// whoever shows them has to escape them. `skipped`: a sentence for each file that is not in it. Ends with a
/// line end. Pure.
std::string history_json(const results::History& history, const std::vector<std::string>& skipped);

}  // namespace threadmill::plots
