#pragma once
// The pieces that text for a terminal is put together from.

#include <cstddef>
#include <string>

#include "plots/text/table.h"

namespace threadmill::plots {

/// Columns that a terminal is expected to have.
inline constexpr std::size_t widest_line = 110;

/// The table in columns, two spaces in front of each line.
std::string aligned(const Table& table);

/// How many columns of a terminal aligned() takes for it.
std::size_t width_of(const Table& table);

/// Breaks a sentence into lines that fit, at spaces; a word that is too long keeps a line of its own.
std::string wrapped(const std::string& sentence, const std::string& indent);

}  // namespace threadmill::plots
