#pragma once
// The name that was meant: a slip of the keyboard is a few single-letter edits away from it.

#include <string>
#include <string_view>
#include <vector>

namespace threadmill::json {

/// The candidate nearest to `name` in single-letter edits, or "" when none is near enough to be a slip of the
/// keyboard.
std::string closest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace threadmill::json
