#include "json/file.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "json/error.h"

namespace threadmill::json {
namespace {

// The library puts "[json.exception.parse_error.101] " in front.
std::string without_tag(const std::string& message) {
  const auto end = message.find("] ");
  return message.starts_with('[') && end != std::string::npos ? message.substr(end + 2) : message;
}

}  // namespace

nlohmann::json parse(const std::string& text, const std::string& where) {
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {  // a number may also be out of range
    throw JsonError(fmt::format("{}: not valid JSON: {}", where, without_tag(error.what())));
  }
}

nlohmann::json read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  // Opening a folder succeeds; only reading it fails.
  if (!in || std::filesystem::is_directory(file)) {
    throw JsonError(fmt::format("{}: cannot be read; give the path of a JSON file", file.string()));
  }
  return parse({std::istreambuf_iterator<char>(in), {}}, file.string());
}

}  // namespace threadmill::json
