#pragma once
// A report as a page.

#include <vector>

#include "plots/page/page.h"
#include "results/comparison/change.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// Verdicts first, then the sections of the Markdown report, in the same words. `changes`: each further run
/// against the first. Pure.
Page report_page(const results::Comparison& comparison,
                 const std::vector<results::ChangeTable>& changes = {});

}  // namespace threadmill::plots
