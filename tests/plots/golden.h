#pragma once
// Texts that are compared with committed files.

#include <gtest/gtest.h>

#include "files.h"

namespace threadmill::plots {

/// Compares with a committed file. After a wanted change: run this program with THREADMILL_UPDATE_GOLDEN=1
/// set, and look at the difference before committing it.
inline void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path golden = data_folder / name;
  if (::getenv("THREADMILL_UPDATE_GOLDEN") != nullptr) std::ofstream(golden, std::ios::binary) << text;
  EXPECT_EQ(contents_of(golden), text)
      << "differs from " << golden << "; if that is wanted, see expect_golden()";
}

}  // namespace threadmill::plots
