#pragma once
// Reading JSON that others wrote: a value that is missing or of another type is absent, never an exception.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

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

inline std::string text_at(const nlohmann::json& json, const char* pointer) {
  const nlohmann::json* value = find_at(json, pointer);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

}  // namespace threadmill::results
