#pragma once
// Which part of a number a load generator that was the limit may have hidden. Pure functions.

#include <string_view>

namespace threadmill::results {

/// Where the true number may lie, seen from the one that was measured.
enum class Hidden {
  nothing,  ///< it is as measured
  more,     ///< it is that or more
  less,     ///< it is that or less
  either,   ///< nobody can say
};

bool may_be_more(Hidden hidden);
bool may_be_less(Hidden hidden);

/// Of 1 / number.
Hidden opposite(Hidden hidden);

/// Of a number that both play a part in, each with the direction in which it moves that number.
Hidden both(Hidden first, Hidden second);

/// Of first / second.
Hidden hidden_of_ratio(Hidden first, Hidden second);

/// Whether the true ratio may lie on the other side of 1 than the measured one; of 1 itself, on any side.
bool may_turn(Hidden of_ratio, double ratio);

/// "exact", "at-least", "at-most" or "unknown": the bound that it makes of the number.
std::string_view bound_name(Hidden hidden);

}  // namespace threadmill::results
