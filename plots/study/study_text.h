#pragma once
// The answer to a source's own experiment, as text for a terminal.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A line or more for each claim of each study, at most 110 columns wide, with an empty line behind each
/// study; "" where no run is of a study.
std::string study_text(const results::Comparison& comparison);

}  // namespace threadmill::plots
