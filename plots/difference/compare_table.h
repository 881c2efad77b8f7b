#pragma once
// What `threadmill compare` prints: for each metric a table of both medians, the change between them and how
// sure it is. Pure functions.

#include <string>
#include <vector>

#include "results/comparison/change.h"

namespace threadmill::plots {

/// Aligned text, at most 110 columns wide.
std::string compare_table(const std::vector<results::ChangeTable>& tables);

}  // namespace threadmill::plots
