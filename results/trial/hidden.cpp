#include "results/trial/hidden.h"

#include <array>
#include <cstddef>

namespace threadmill::results {

bool may_be_more(Hidden hidden) { return hidden == Hidden::more || hidden == Hidden::either; }

bool may_be_less(Hidden hidden) { return hidden == Hidden::less || hidden == Hidden::either; }

Hidden opposite(Hidden hidden) {
  if (hidden == Hidden::more) return Hidden::less;
  return hidden == Hidden::less ? Hidden::more : hidden;
}

Hidden both(Hidden first, Hidden second) {
  if (first == Hidden::nothing) return second;
  return second == Hidden::nothing || second == first ? first : Hidden::either;
}

Hidden hidden_of_ratio(Hidden first, Hidden second) { return both(first, opposite(second)); }

bool may_turn(Hidden of_ratio, double ratio) {
  return (ratio >= 1 && may_be_less(of_ratio)) || (ratio <= 1 && may_be_more(of_ratio));
}

std::string_view bound_name(Hidden hidden) {
  constexpr std::array<std::string_view, 4> names = {"exact", "at-least", "at-most", "unknown"};
  return names[static_cast<std::size_t>(hidden)];
}

}  // namespace threadmill::results
