#pragma once
// The answer to a source's own experiment, as text for a terminal.

#include <string>

#include "plots/text/terminal_parts.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A line or more for each claim of each study, with an empty line behind each study; "" where no run is of a
/// study. With colours, outcomes have those of traffic lights.
std::string study_text(const results::Comparison& comparison, const TerminalLook& look = {});

}  // namespace threadmill::plots
