#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace threadmill {

/// The whole file. Throws std::runtime_error where it cannot be read.
std::string contents_of(const std::filesystem::path& path);

/// The lines of a text, without their ends.
std::vector<std::string> lines_of(const std::string& text);

/// What stands between two texts, both left out; "" where the first is not there.
std::string between(const std::string& text, const std::string& from, const std::string& to);

}  // namespace threadmill
