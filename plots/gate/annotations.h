#pragma once
// The judgement of a gate as workflow commands of GitHub Actions, which shows them beside the commit.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions

#include <string>
#include <string_view>

#include "results/gate/gate.h"

namespace threadmill::plots {

/// `::error title=...::...` for each regression and each invalid cell, `::warning` for each inconclusive one
/// and for what was wrong with the measurement, a `::notice` with the judgement when nothing failed. GitHub
/// shows ten of a kind: where there are more, the tenth says how many.
std::string gate_annotations(const results::GateReport& report);

/// One workflow command, a line of its own; title and message may contain anything.
std::string workflow_command(std::string_view level, std::string_view title, std::string_view message);

}  // namespace threadmill::plots
