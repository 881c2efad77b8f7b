#pragma once
// The comparison as aligned text for a terminal.

#include <string>

#include "plots/text/terminal_parts.h"
#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// No line is wider than `look.columns`, unless a single word is: where a table does not fit, its less
/// important columns are left out, in a fixed order, and names are cut. What room is left shows the main
/// figure as a bar. With colours, invalid rows are red, and verdicts and winners have the colours of traffic
/// lights. Pure.
std::string terminal_text(const results::Comparison& comparison, const TerminalLook& look = {});

}  // namespace threadmill::plots
