#pragma once
// Whether a JSON value is of a C++ type as it stands: nlohmann's get<T>() turns 1.5 and -1 into 1 and 2^64
// - 1.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace threadmill::load {

inline bool json_fits(const nlohmann::json& value, const bool*) { return value.is_boolean(); }
inline bool json_fits(const nlohmann::json& value, const double*) { return value.is_number(); }
inline bool json_fits(const nlohmann::json& value, const std::string*) { return value.is_string(); }

template <std::integral T>
requires(!std::same_as<T, bool>) bool json_fits(const nlohmann::json& value, const T*) {
  if (value.is_number_unsigned()) return std::in_range<T>(value.get<std::uint64_t>());
  return value.is_number_integer() && std::in_range<T>(value.get<std::int64_t>());
}

template <typename T>
bool json_fits(const nlohmann::json& value, const std::vector<T>*) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const auto& element) {
           return json_fits(element, static_cast<const T*>(nullptr));
         });
}

/// Whether `value`.get<T>() gives what is written there: a boolean, a number, an integer in the range of T, a
/// string, or a list of such.
template <typename T>
bool json_fits(const nlohmann::json& value) {
  return json_fits(value, static_cast<const T*>(nullptr));
}

}  // namespace threadmill::load
