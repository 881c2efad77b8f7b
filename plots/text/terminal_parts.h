#pragma once
// The pieces that text for a terminal is put together from.

#include <cstddef>
#include <functional>
#include <string>

#include "plots/text/table.h"
#include "plots/text/text_colour.h"

namespace threadmill::plots {

/// Columns that a terminal is taken to have where nobody knows.
inline constexpr std::size_t widest_line = 110;

/// What the reader's terminal can show.
struct TerminalLook {
  std::size_t columns = widest_line;  ///< fewer than 44 are taken for 44
  bool colours = false;
};

/// The colour of the cell in that row (from 0, below the header) and column.
using Paint = std::function<TextColour(std::size_t row, std::size_t column)>;

/// The table in columns, two spaces in front of each line. Escape sequences take no room.
std::string aligned(const Table& table, const Paint& paint = {});

/// How many columns of a terminal aligned() takes for it, and two more: the room for the gap before one more
/// column.
std::size_t width_of(const Table& table);

/// Breaks a sentence into lines that fit, at spaces; a word that is too long keeps a line of its own.
std::string wrapped(const std::string& sentence, const std::string& indent,
                    std::size_t columns = widest_line);

}  // namespace threadmill::plots
