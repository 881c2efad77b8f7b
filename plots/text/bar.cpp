#include "plots/text/bar.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace threadmill::plots {

std::string bar(double share, std::size_t columns) {
  // No block, one eighth of a block from the left, ... seven eighths.
  static constexpr std::array<std::string_view, 8> parts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!(share > 0) || columns == 0) return std::string(columns, ' ');
  const double eighths = std::round(std::min(share, 1.0) * 8 * static_cast<double>(columns));
  const auto filled = std::max<std::size_t>(1, static_cast<std::size_t>(eighths));
  std::string text;
  for (std::size_t i = 0; i < filled / 8; ++i) text += "█";
  text += parts[filled % 8];
  const std::size_t taken = filled / 8 + (filled % 8 > 0 ? 1 : 0);
  return text + std::string(columns - taken, ' ');
}

void insert_bars(Table& table, std::size_t at, const std::vector<double>& values, std::size_t columns) {
  const auto place = static_cast<std::ptrdiff_t>(at);
  const double largest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  table.header.insert(table.header.begin() + place, std::string(columns, ' '));
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const double share = largest > 0 ? values[i] / largest : 0;
    table.rows[i].insert(table.rows[i].begin() + place, bar(share, columns));
  }
}

}  // namespace threadmill::plots
