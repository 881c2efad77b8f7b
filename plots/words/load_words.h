#pragma once
// A scenario's load as one sentence.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

/// "64 connections, 64-byte messages, 1 outstanding per connection; sent for 2 s after 0.5 s of warm-up,
/// ...", safe to put into Markdown. What the scenario leaves out is told with the load generator's defaults;
/// of a load that this version does not understand, what is there is told. Pure.
std::string load_in_words(const results::ScenarioComparison& scenario);

}  // namespace threadmill::plots
