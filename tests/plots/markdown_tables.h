#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/text_files.h"

namespace threadmill::plots {

/// No name in it ends a table's row or starts another cell: all rows of a table have as many.
inline void expect_whole_tables(const std::string& markdown) {
  std::ptrdiff_t cells = 0;
  for (const std::string& line : lines_of(markdown)) {
    const auto now = line.starts_with('|') ? std::count(line.begin(), line.end(), '|') : 0;
    if (now > 0 && cells > 0) {
      EXPECT_EQ(now, cells) << line;
    }
    cells = now;
  }
}

}  // namespace threadmill::plots
