#pragma once
// Reading JSON that others wrote: a value that is missing or of another type is absent, never an exception.

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace threadmill::results {

/// The value at a JSON pointer such as "/load/window/start_ns", or nullptr.
inline const nlohmann::json* find_at(const nlohmann::json& json, const char* pointer) {
  const nlohmann::json::json_pointer at(pointer);
  return json.contains(at) ? &json.at(at) : nullptr;
}

inline std::optional<double> number_at(const nlohmann::json& json, const char* pointer) {
  const nlohmann::json* value = find_at(json, pointer);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

/// A number as a whole one, what follows the point cut off. Outside `least` to `most` it is absent: a cast of
/// it would be undefined.
inline std::optional<std::int64_t> integer_of(const nlohmann::json& value, std::int64_t least,
                                              std::int64_t most) {
  std::optional<std::int64_t> whole;
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      whole = static_cast<std::int64_t>(number);
  } else if (value.is_number_integer()) {
    whole = value.get<std::int64_t>();
  } else if (value.is_number_float() && std::abs(value.get<double>()) <= 0x1p53) {
    whole = static_cast<std::int64_t>(value.get<double>());
  }
  return whole && *whole >= least && *whole <= most ? whole : std::nullopt;
}

inline std::optional<std::int64_t> integer_at(const nlohmann::json& json, const char* pointer,
                                              std::int64_t least, std::int64_t most) {
  const nlohmann::json* value = find_at(json, pointer);
  return value == nullptr ? std::nullopt : integer_of(*value, least, most);
}

inline std::string text_at(const nlohmann::json& json, const char* pointer) {
  const nlohmann::json* value = find_at(json, pointer);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

/// False where there is none, too.
inline bool is_true_at(const nlohmann::json& json, const char* pointer) {
  const nlohmann::json* value = find_at(json, pointer);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

/// The texts of an array; what is no text is left out.
inline std::vector<std::string> texts_at(const nlohmann::json& json, const char* pointer) {
  std::vector<std::string> texts;
  const nlohmann::json* array = find_at(json, pointer);
  if (array == nullptr || !array->is_array()) return texts;
  for (const nlohmann::json& item : *array) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

/// Never through a double: that holds no more than 53 bits. 0 where there is none.
inline std::uint64_t unsigned_at(const nlohmann::json& json, const char* pointer) {
  const nlohmann::json* value = find_at(json, pointer);
  const bool usable = value != nullptr && value->is_number_integer() &&
                      (value->is_number_unsigned() || value->get<std::int64_t>() >= 0);
  return usable ? value->get<std::uint64_t>() : 0;
}

}  // namespace threadmill::results
