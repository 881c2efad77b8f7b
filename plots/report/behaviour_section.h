#pragma once
// How each server fared where life is made hard for it: a row for each, a column for each such scenario.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A section of the Markdown report, a table for each run; "" where no scenario is one of behaviour.
std::string behaviour_section(const results::Comparison& comparison);

}  // namespace threadmill::plots
