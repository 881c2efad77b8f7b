#pragma once
// The trials that no figure counts.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A section in Markdown: each trial and why it does not count, or that all do.
std::string failed_trials_section(const results::Comparison& comparison);

}  // namespace threadmill::plots
