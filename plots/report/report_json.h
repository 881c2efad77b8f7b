#pragma once
// The comparison as JSON, for programs. Documented by results/schema/report-v1.schema.json.

#include <string>
#include <vector>

#include "results/comparison/change.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// The version of the format. It changes when a reader of the old one would be wrong, not when keys are
/// added.
inline constexpr int kReportJsonVersion = 1;

/// Every figure with its name in the CSV, not rounded; names are as the result files have them, so that
/// whoever shows them has to escape them. `changes`: each further run against the first. Ends with a line
/// end. Pure.
std::string report_json(const results::Comparison& comparison,
                        const std::vector<results::ChangeTable>& changes = {});

}  // namespace threadmill::plots
