#pragma once
// The pieces that the Markdown report is put together from.

#include <string>

#include "plots/table.h"
#include "results/compare.h"

namespace threadmill::plots {

enum class Align { left, numbers };

/// A table in GitHub's Markdown. With Align::numbers all columns but the first are right-aligned.
std::string markdown_table(const Table& table, Align align = Align::numbers);

/// Text for between two backticks, cut to 80 characters; backticks and pipes in it are replaced by
/// apostrophes and bars.
std::string markdown_code(const std::string& text);

/// A fenced block whose fence is longer than any row of backticks in the text.
std::string markdown_code_block(const std::string& text);

Table speed_table(const results::ScenarioComparison& scenario);
Table cost_table(const results::ScenarioComparison& scenario);

/// What a reader must know about this scenario's tables, each as one line.
std::string scenario_notes(const results::ScenarioComparison& scenario);

/// The figures that others published, beside ours.
std::string published_section(const results::ScenarioComparison& scenario);

/// What each column means.
std::string how_to_read(const results::Comparison& comparison);

}  // namespace threadmill::plots
