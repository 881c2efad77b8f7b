#pragma once
// Strict reading of one JSON object that a person wrote: every key is either asked for or an error.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::json {

/// Reads the keys of one object. Every failure is a JsonError: `where`, the key with its path, what is wrong
/// with it, and what is allowed. A key that is read without a fallback is required, unless said otherwise.
class StrictObject {
 public:
  /// `where` starts every message: the file, or what the document is. Keys outside `allowed` are an error at
  /// once, with the key that was probably meant. `json` must outlive the reader.
  StrictObject(const nlohmann::json& json, std::string where, const std::vector<std::string_view>& allowed);

  bool has(std::string_view key) const { return json_.contains(key); }

  /// A required value of any type.
  const nlohmann::json& at(std::string_view key) const;

  /// An integer of `lowest` .. `highest`.
  std::uint64_t integer(std::string_view key, std::uint64_t lowest, std::uint64_t highest,
                        std::optional<std::uint64_t> fallback = std::nullopt) const;
  std::uint32_t integer32(std::string_view key, std::uint32_t lowest, std::uint32_t highest,
                          std::optional<std::uint32_t> fallback = std::nullopt) const {
    return static_cast<std::uint32_t>(integer(key, lowest, highest, fallback));
  }
  double number(std::string_view key, double lowest, double highest,
                std::optional<double> fallback = {}) const;
  /// The position in `choices` of the key's value.
  std::size_t choice(std::string_view key, const std::vector<std::string_view>& choices,
                     std::optional<std::size_t> fallback = std::nullopt) const;
  /// May be empty.
  std::string text(std::string_view key) const;
  std::string nonempty_text(std::string_view key) const;
  bool boolean(std::string_view key, bool fallback) const;
  /// A text, or a number as it is written.
  std::string number_or_text(std::string_view key) const;
  /// A list of at least one string.
  std::vector<std::string> texts(std::string_view key) const;
  /// A list of small integers; empty when the key is absent.
  std::vector<int> integers(std::string_view key, int lowest, int highest) const;

  /// An object within this one.
  StrictObject object(std::string_view key, const std::vector<std::string_view>& allowed) const;
  /// A list of objects, which may be empty; messages name them as "key[0]".
  std::vector<StrictObject> objects(std::string_view key, const std::vector<std::string_view>& allowed) const;

  /// For what the checks above do not cover. `what` goes on after the key's name: "must be ...".
  [[noreturn]] void fail(std::string_view key, const std::string& what) const;

 private:
  /// `path` is "" for the whole document, "stop" for that key of it.
  StrictObject(const nlohmann::json& json, std::string where, std::string path,
               const std::vector<std::string_view>& allowed);

  void check(const std::vector<std::string_view>& allowed) const;
  const nlohmann::json* find(std::string_view key) const;
  const nlohmann::json& required(std::string_view key, const std::string& expected) const;
  std::string path_of(std::string_view key) const;
  [[noreturn]] void refuse(const std::string& message) const;

  const nlohmann::json& json_;
  std::string where_;
  std::string path_;
};

}  // namespace threadmill::json
