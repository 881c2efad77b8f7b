#pragma once
// A table of text, before anybody decided how it looks.

#include <string>
#include <vector>

namespace threadmill::plots {

/// The first column is text, all others are numbers and right-aligned. Cells are already escaped for their
/// view.
struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  /// A column that every row fills by `cell(item)`.
  template <typename Items, typename Cell>
  void add_column(std::string title, const Items& items, Cell cell) {
    header.push_back(std::move(title));
    rows.resize(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) rows[i].push_back(cell(items[i]));
  }
};

}  // namespace threadmill::plots
