#include "plots/text/terminal_parts.h"

#include <algorithm>
#include <vector>

#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

std::vector<std::size_t> widths_of(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    std::size_t widest = width(table.header[i]);
    for (const auto& row : table.rows) widest = std::max(widest, width(row[i]));
    widths.push_back(widest);
  }
  return widths;
}

}  // namespace

std::string aligned(const Table& table, const Paint& paint) {
  const std::vector<std::size_t> widths = widths_of(table);
  const auto line = [&](const std::vector<std::string>& cells, const auto& colour_of) {
    std::string text = " ";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string gap(widths[i] - width(cells[i]), ' ');
      const std::string cell = coloured(cells[i], colour_of(i));
      text += i == 0 ? " " + cell + gap : "  " + gap + cell;
    }
    return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };
  std::string text = line(table.header, [](std::size_t) { return TextColour::none; });
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    text += line(table.rows[row],
                 [&](std::size_t column) { return paint ? paint(row, column) : TextColour::none; });
  }
  return text;
}

std::size_t width_of(const Table& table) {
  std::size_t taken = 2;
  for (const std::size_t column : widths_of(table)) taken += column + 2;
  return taken;
}

std::string wrapped(const std::string& sentence, const std::string& indent, std::size_t columns) {
  std::string text, line = indent;
  for (std::size_t at = 0; at < sentence.size();) {
    const std::size_t end = std::min(sentence.find(' ', at), sentence.size());
    const std::string word = sentence.substr(at, end - at);
    if (width(line) + width(word) > columns && line != indent) {
      text += line.substr(0, line.size() - 1) + "\n";
      line = indent;
    }
    line += word + " ";
    at = end + 1;
  }
  return text + line.substr(0, line.size() - 1) + "\n";
}

}  // namespace threadmill::plots
