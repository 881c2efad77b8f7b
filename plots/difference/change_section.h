#pragma once
// One run against another in the Markdown report.

#include <string>
#include <vector>

#include "results/comparison/change.h"

namespace threadmill::plots {

/// A section for each table of runs: in what the environments differ, then what `threadmill compare` says of
/// each metric; "" for none.
std::string change_section(const std::vector<results::ChangeTable>& tables);

}  // namespace threadmill::plots
