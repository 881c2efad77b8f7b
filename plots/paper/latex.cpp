#include "plots/paper/latex.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "plots/text/text.h"

namespace threadmill::plots {
namespace {

/// Whatever LaTeX reads, or a font has something else for. Braces around a bracket or a star keep a row's end
/// before them from taking them for its own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> commands{{
    {"\\", "\\textbackslash{}"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"$", "\\$"},
    {"&", "\\&"},
    {"#", "\\#"},
    {"%", "\\%"},
    {"_", "\\_"},
    {"^", "\\textasciicircum{}"},
    {"~", "\\textasciitilde{}"},
    {"<", "\\textless{}"},
    {">", "\\textgreater{}"},
    {"|", "\\textbar{}"},
    {"\"", "\\symbol{34}"},
    {"'", "\\textquotesingle{}"},
    {"`", "\\textasciigrave{}"},
    {"[", "{[}"},
    {"]", "{]}"},
    {"*", "{*}"},
    {"µ", "\\textmu{}"},
    {"≤", "$\\leq$"},
    {"≥", "$\\geq$"},
    {"×", "$\\times$"},
    {"±", "$\\pm$"},
    {no_number, "--"},
    {"…", "\\ldots{}"},
}};

std::string_view command_for(std::string_view point) {
  for (const auto& [sign, command] : commands) {
    if (sign == point) return command;
  }
  return {};
}

/// The number of the code point; what is no UTF-8 gets U+FFFD.
std::uint32_t number_of(std::string_view point) {
  const auto first = static_cast<unsigned char>(point[0]);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length != point.size()) return 0xFFFD;
  std::uint32_t number = first & (0x7FU >> length);
  for (const char c : point.substr(1)) number = (number << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
  return number;
}

std::string escaped(std::string_view point) {
  if (const auto command = command_for(point); !command.empty()) return std::string(command);
  const bool ascii = point.size() == 1 && static_cast<unsigned char>(point[0]) < 0x80;
  return ascii ? std::string(point) : fmt::format("U+{:04X}", number_of(point));
}

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::string latex_row(const std::vector<std::string>& cells) {
  std::vector<std::string> escaped_cells;
  for (const std::string& cell : cells) escaped_cells.push_back(latex(cell, 200));
  return fmt::format("    {} \\\\\n", fmt::join(escaped_cells, " & "));
}

}  // namespace

std::string latex(std::string_view text, std::size_t most) {
  const std::string line = plain(text, most);
  std::string result;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t end = at + 1;
    while (end < line.size() && continues_code_point(line[end])) ++end;
    // Two dashes or two commas in a row would be one sign.
    const bool ligature =
        (line[at] == '-' || line[at] == ',') && !result.empty() && result.back() == line[at];
    if (ligature) result += "{}";
    result += escaped(std::string_view(line).substr(at, end - at));
    at = end;
  }
  return result;
}

std::string latex_label(std::string_view text) {
  std::string label;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool usable = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (usable) label += lower;
    if (!usable && !label.empty() && label.back() != '-') label += '-';
  }
  while (!label.empty() && label.back() == '-') label.pop_back();
  return label.empty() ? "unnamed" : label;
}

std::string latex_table(const Table& table, const std::string& caption, const std::string& label,
                        std::size_t text_columns) {
  std::string text = fmt::format("\\begin{{table}}[tbp]\n  \\centering\n  \\caption{{{}}}\n  \\label{{{}}}\n",
                                 caption, label);
  text += fmt::format("  \\begin{{tabular}}{{{}{}}}\n    \\toprule\n", std::string(text_columns, 'l'),
                      std::string(table.header.size() - text_columns, 'r'));
  text += latex_row(table.header) + "    \\midrule\n";
  for (const auto& row : table.rows) text += latex_row(row);
  return text + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}

}  // namespace threadmill::plots
