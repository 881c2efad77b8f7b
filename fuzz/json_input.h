#pragma once
// Fuzz input as JSON, for the targets behind a JSON parser that is not ours.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

namespace threadmill::fuzz {

/// Nothing where it is no JSON: then there is nothing of ours to try.
inline std::optional<nlohmann::json> json_input(const std::uint8_t* data, std::size_t size) {
  auto json = nlohmann::json::parse(data, data + size, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

}  // namespace threadmill::fuzz
