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

/// Its title, as plain text, and when and where the runs were made.
std::string history_heading(const results::History& history);
std::string history_span(const results::History& history);

/// Its sections, for whoever has them in another order. Each begins with a heading of the second level; ""
/// where there is nothing to say.
std::string history_section(const results::History& history, const results::HistoryScenario& scenario);
std::string history_runs_section(const results::History& history);
std::string skipped_section(const std::vector<std::string>& skipped);
std::string history_method_section();

}  // namespace threadmill::plots
