#pragma once
// The comparison as aligned text for a terminal, at most 110 columns wide.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

std::string terminal_text(const results::Comparison& comparison);

}  // namespace threadmill::plots
