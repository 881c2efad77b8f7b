#pragma once
// Bars made of letters.

#include <cstddef>
#include <string>
#include <vector>

#include "plots/text/table.h"

namespace threadmill::plots {

/// A bar for a share from 0 to 1, in steps of an eighth of a column, filled up with spaces to `columns`.
/// Whatever is above 0 can be seen.
std::string bar(double share, std::size_t columns);

/// Puts a column of bars before column `at` of the table. The largest value takes all of `columns`; values
/// that are not above 0 have no bar. As many values as the table has rows.
void insert_bars(Table& table, std::size_t at, const std::vector<double>& values, std::size_t columns);

}  // namespace threadmill::plots
