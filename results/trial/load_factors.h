#pragma once
// The quantities of a load that experiments vary. Pure functions.

#include <array>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string_view>

namespace threadmill::results {

enum class Factor : std::size_t { connections, subscribers, message_bytes, rate_per_s, pipeline };
inline constexpr std::size_t factor_count = 5;

struct FactorTraits {
  Factor factor;
  std::string_view name;  ///< "message_bytes": the key of a load plan; a data set's name has it too
  const char* pointer;    ///< where it is in a load
  std::string_view unit;  ///< of one value, as people read it: "connections", "bytes", "requests/s"
};

/// All factors in the order of the enumeration.
std::span<const FactorTraits> factors();

/// A scenario's load with every default filled in; as it was stored where this version does not understand
/// it.
nlohmann::json load_with_defaults(const nlohmann::json& load);

/// The value of a factor. Nothing where the load has none or no single one: messages of several sizes, a rate
/// that grows.
std::optional<double> factor_of(const nlohmann::json& load, Factor factor);

}  // namespace threadmill::results
