#pragma once
// What others sent, made safe to print.

#include <string>
#include <string_view>

namespace threadmill::harness {

/// The text with every byte that a terminal would obey instead of showing it written as \xHH: control
/// characters of ASCII and of Unicode (C1), those that turn the direction of writing, and what is no UTF-8.
std::string readable(std::string_view text);

}  // namespace threadmill::harness
