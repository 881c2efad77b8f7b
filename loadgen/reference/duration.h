#pragma once
// Lengths of time as a user writes them.

#include <cstdint>
#include <string_view>

namespace threadmill::load::reference {

/// Reads "500us", "5ms", "2s" or "250ns": a whole number and its unit. Throws std::invalid_argument, naming
/// the text and the form, also above `most_ns`.
std::int64_t parse_duration_ns(std::string_view text, std::int64_t most_ns);

}  // namespace threadmill::load::reference
