#pragma once
// The report as Markdown.

#include <string>
#include <vector>

#include "results/comparison/change.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A chart beside the report.
struct ChartLink {
  std::string file;   ///< relative to the report, with forward slashes
  std::string title;  ///< says what is seen
};

/// `chart_note` says in one line why there are no charts; empty when there are. `changes`: each further run
/// against the first.
std::string markdown_report(const results::Comparison& comparison, const std::vector<ChartLink>& charts,
                            const std::string& chart_note,
                            const std::vector<results::ChangeTable>& changes = {});

}  // namespace threadmill::plots
