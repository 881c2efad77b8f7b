#pragma once
// A history in short, for a terminal.

#include <string>

#include "plots/text/terminal_parts.h"
#include "results/history/history.h"

namespace threadmill::plots {

/// What changed when, one paragraph for each change; red where it got worse, green where it got better. Pure.
std::string history_text(const results::History& history, const TerminalLook& look = {});

}  // namespace threadmill::plots
