#include "plots/text/markdown_syntax.h"

#include <algorithm>

#include "plots/text/text.h"

namespace threadmill::plots {

std::string markdown_table(const Table& table, Align align) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells) text += " " + cell + " |";
    return text + "\n";
  };
  std::string text = line(table.header) + "|";
  for (std::size_t i = 0; i < table.header.size(); ++i)
    text += i > 0 && align == Align::numbers ? " ---: |" : " --- |";
  text += "\n";
  for (const auto& row : table.rows) text += line(row);
  return text;
}

std::string markdown_code(const std::string& text) {
  std::string result = plain(text, 80);
  std::replace(result.begin(), result.end(), '`', '\'');
  std::replace(result.begin(), result.end(), '|', '/');
  return result;
}

std::string markdown_code_block(const std::string& text) {
  std::size_t longest = 0, current = 0;
  for (const char c : text) longest = std::max(longest, current = c == '`' ? current + 1 : 0);
  const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
  return fence + "sh\n" + text + "\n" + fence + "\n";
}

}  // namespace threadmill::plots
