#pragma once
// A sweep in the Markdown report.

#include <string>

#include "results/sweep/sweep.h"

namespace threadmill::plots {

/// Heading, capacities, what ended each search, and latency against load as a table.
std::string sweep_section(const results::Sweep& sweep);

}  // namespace threadmill::plots
