#pragma once
// Base64 as RFC 4648 has it, with padding.

#include <string>
#include <string_view>

namespace threadmill::load {

std::string base64_encode(std::string_view bytes);

/// Throws std::invalid_argument for anything that base64_encode would not have written.
std::string base64_decode(std::string_view text);

}  // namespace threadmill::load
