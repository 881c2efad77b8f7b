#pragma once

#include <gtest/gtest.h>

#include <filesystem>

namespace threadmill {

/// Whether the file conforms to its published schema (results/schema/validate.py), and where it does not.
testing::AssertionResult conforms_to_schema(const std::filesystem::path& file);

}  // namespace threadmill
