#pragma once
// Strict reading of one JSON object: every key is either asked for or an error.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/plan.h"

namespace threadmill::load {

/// Reads the keys of one object of a plan. Every failure is a PlanError that names the key with its path.
class JsonObject {
 public:
  /// `path` is how messages name the object: "" for the plan itself, "stop" for that key of it. Keys outside
  /// `allowed` are an error at once. `json` must outlive the reader.
  JsonObject(const nlohmann::json& json, std::string path, std::vector<std::string_view> allowed);

  bool has(std::string_view key) const { return json_.contains(key); }

  /// An integer of `lowest` .. `highest`. Without a fallback the key is required.
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
  std::string text(std::string_view key) const;
  bool boolean(std::string_view key, bool fallback) const;
  /// A text, or a number as it is written.
  std::string number_or_text(std::string_view key) const;
  /// A required object within this one.
  JsonObject object(std::string_view key, std::vector<std::string_view> allowed) const;
  /// A list of small integers; empty when the key is absent.
  std::vector<int> integers(std::string_view key, int lowest, int highest) const;

  [[noreturn]] void fail(std::string_view key, const std::string& what) const;

 private:
  const nlohmann::json* find(std::string_view key) const;
  const nlohmann::json& required(std::string_view key, const std::string& expected) const;
  std::string name_of(std::string_view key) const;

  const nlohmann::json& json_;
  std::string path_;
};

}  // namespace threadmill::load
