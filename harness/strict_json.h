#pragma once
// Reading JSON files that people write: an unknown or missing key is an error that names it.

#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::harness {

/// The parsed file. Throws InputError naming the file, and the place of a syntax error.
nlohmann::json read_json_file(const std::filesystem::path& file);

/// A JSON object of which every key is known. All errors are InputErrors that start with `where`.
class StrictObject {
 public:
  /// Checks the keys. Keeps a reference to `object`, which must outlive it.
  StrictObject(const nlohmann::json& object, std::string where, std::vector<std::string> required,
               const std::vector<std::string>& optional = {});

  bool has(const std::string& key) const;
  const nlohmann::json& at(const std::string& key) const;
  /// Not empty.
  std::string text(const std::string& key) const;
  std::vector<std::string> texts(const std::string& key) const;
  std::int64_t integer(const std::string& key, std::int64_t least, std::int64_t most) const;
  double number(const std::string& key, double least, double most) const;
  /// One of `choices`.
  std::string choice(const std::string& key, const std::vector<std::string>& choices) const;

  [[noreturn]] void fail(const std::string& message) const;

 private:
  const nlohmann::json& object_;
  std::string where_;
};

}  // namespace threadmill::harness
