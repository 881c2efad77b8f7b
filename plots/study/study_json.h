#pragma once
// The answer to a source's own experiment, for programs.

#include <nlohmann/json.hpp>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// "studies" of results/schema/report-v1.schema.json: one for each run that is of a study. Names and texts
/// are as the result file has them.
nlohmann::ordered_json studies_json(const results::Comparison& comparison);

}  // namespace threadmill::plots
