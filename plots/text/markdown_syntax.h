#pragma once
// Tables and code in GitHub's Markdown.

#include <string>

#include "plots/text/table.h"

namespace threadmill::plots {

enum class Align { left, numbers };

/// A table in GitHub's Markdown. With Align::numbers all columns but the first are right-aligned.
std::string markdown_table(const Table& table, Align align = Align::numbers);

/// Text for between two backticks, cut to 80 characters; backticks and pipes in it are replaced by
/// apostrophes and bars.
std::string markdown_code(const std::string& text);

/// A fenced block whose fence is longer than any row of backticks in the text.
std::string markdown_code_block(const std::string& text);

}  // namespace threadmill::plots
