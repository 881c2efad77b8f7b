#pragma once
// A history as Markdown.

#include <string>
#include <vector>

#include "plots/report/markdown.h"
#include "results/history/history.h"

namespace threadmill::plots {

/// `skipped`: a sentence for each file that is not in it. `chart_note` says in one line why there are no
/// charts; empty when there are.
std::string history_markdown(const results::History& history, const std::vector<std::string>& skipped,
                             const std::vector<ChartLink>& charts, const std::string& chart_note);

}  // namespace threadmill::plots
