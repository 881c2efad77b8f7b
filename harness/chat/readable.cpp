#include "harness/chat/readable.h"

#include <fmt/format.h>

#include <cstdint>

namespace threadmill::harness {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  ///< 0: no UTF-8 (RFC 3629)
};

/// The code point that `text`, which is not empty, begins with.
CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xf0 ? 4U : first >= 0xe0 ? 3U : 2U;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return {};
  std::uint32_t value = first & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {};
    value = (value << 6U) | (byte(i) & 0x3fU);
  }
  const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff) return {};
  return {value, bytes};
}

bool is_obeyed(std::uint32_t value) {
  const bool control = value < 0x20 || (value >= 0x7f && value <= 0x9f);
  const bool direction = value == 0x200e || value == 0x200f || (value >= 0x2028 && value <= 0x202e) ||
                         (value >= 0x2066 && value <= 0x2069);
  return control || direction;
}

}  // namespace

std::string readable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const std::size_t bytes = point.bytes == 0 ? 1 : point.bytes;
    if (point.bytes == 0 || is_obeyed(point.value)) {
      for (const char c : text.substr(0, bytes))
        shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      shown.append(text.substr(0, bytes));
    }
    text.remove_prefix(bytes);
  }
  return shown;
}

}  // namespace threadmill::harness
