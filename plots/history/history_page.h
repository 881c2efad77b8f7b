#pragma once
// A history as a page.

#include <string>
#include <vector>

#include "plots/page/page.h"
#include "results/history/history.h"

namespace threadmill::plots {

/// What changed first, then the sections of history.md, in the same words. `skipped`: a sentence for each
/// file that is not in it. Pure.
Page history_page(const results::History& history, const std::vector<std::string>& skipped);

}  // namespace threadmill::plots
