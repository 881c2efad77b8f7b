#pragma once
// What was run, on which terms, on which machine, and how to run it again.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// A list in Markdown: each result file, when and by what it was made, and the warnings of reading it.
std::string what_was_run(const results::Comparison& comparison);

/// A section in Markdown: fairness contract, environment, and the command that repeats each run.
std::string runs_section(const results::Comparison& comparison);

}  // namespace threadmill::plots
