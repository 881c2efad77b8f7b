#pragma once
// A history as CSV, for spreadsheets and scripts.

#include <string>

#include "results/history/history.h"

namespace threadmill::plots {

/// One line for each figure of each run, in the metric's unit (the end of its name), not rounded. `bound` is
/// "at least" or "below" where no more than that is known; `change_p` is filled where the level changed with
/// that run.
std::string history_csv(const results::History& history);

}  // namespace threadmill::plots
