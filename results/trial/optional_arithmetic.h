#pragma once
// Arithmetic on figures that may be missing: without an operand there is no result.

#include <optional>

namespace threadmill::results {

/// Nothing also where the divisor is 0 or less.
inline std::optional<double> divide(std::optional<double> dividend, std::optional<double> divisor) {
  if (!dividend || !divisor || *divisor <= 0) return std::nullopt;
  return *dividend / *divisor;
}

inline std::optional<double> scale(std::optional<double> value, double factor) {
  return value ? std::optional(*value * factor) : std::nullopt;
}

}  // namespace threadmill::results
