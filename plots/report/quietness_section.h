#pragma once
// How quiet the machine was while it measured.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A section of the Markdown report; "" where no run's file tells.
std::string quietness_section(const results::Comparison& comparison);

}  // namespace threadmill::plots
