#pragma once
// What a run shows at its end. The one place where the harness meets plots/.

#include <filesystem>

#include "harness/runs/run_plan.h"

namespace threadmill::harness {

/// Prints what the request asks for of a result file, its tables or its report as JSON, and writes the report
/// into the folder beside it of the same stem, if that is asked for; says where, and which file is the page
/// to open.
void present_results(const std::filesystem::path& result_file, const RunRequest& request);

}  // namespace threadmill::harness
