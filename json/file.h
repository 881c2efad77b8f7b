#pragma once
// From text to JSON, with errors that a person can act on.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace threadmill::json {

/// The parsed text. Throws JsonError that starts with `where` and names the place of a syntax error.
nlohmann::json parse(const std::string& text, const std::string& where);

/// The parsed file. Throws JsonError naming the file, and the place of a syntax error.
nlohmann::json read_file(const std::filesystem::path& file);

}  // namespace threadmill::json
