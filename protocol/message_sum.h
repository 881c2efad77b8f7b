#pragma once
// The end-to-end checksum of a message: XXH3, 64 bits (https://github.com/Cyan4973/xxHash), as text.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace threadmill::protocol {

/// XXH3 of `bytes`, without a seed.
std::uint64_t xxh3(std::string_view bytes) noexcept;

/// As commands carry it: 16 hexadecimal digits, lower case, most significant first.
std::string sum_text(std::uint64_t sum);

/// Reads what sum_text() writes, upper case too; nothing for anything else.
std::optional<std::uint64_t> parse_sum(std::string_view text) noexcept;

}  // namespace threadmill::protocol
