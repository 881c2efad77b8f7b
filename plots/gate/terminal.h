#pragma once
// The judgement of a gate as aligned text for a terminal.

#include <string>

#include "results/gate/gate.h"

namespace threadmill::plots {

/// A table, the reason of each comparison, warnings, and the judgement as the last line.
std::string gate_terminal_text(const results::GateReport& report);

}  // namespace threadmill::plots
