#pragma once
// Arithmetic on figures that may be missing: without an operand there is no result, nor where it
// is too large to be a number.

#include <cmath>
#include <optional>

namespace threadmill::results {

inline std::optional<double> if_finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Nothing also where the divisor is 0 or less.
inline std::optional<double> divide(std::optional<double> dividend, std::optional<double> divisor) {
  if (!dividend || !divisor || *divisor <= 0) return std::nullopt;
  return if_finite(*dividend / *divisor);
}

inline std::optional<double> scale(std::optional<double> value, double factor) {
  return value ? if_finite(*value * factor) : std::nullopt;
}

}  // namespace threadmill::results
