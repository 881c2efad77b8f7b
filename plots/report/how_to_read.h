#pragma once
// What each column of the report means.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A section of the Markdown report: only what this comparison has.
std::string how_to_read(const results::Comparison& comparison);

}  // namespace threadmill::plots
