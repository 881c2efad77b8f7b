#include "protocol/message_sum.h"

#define XXH_INLINE_ALL  // a call into the library costs more than hashing 100 bytes
#include <fmt/format.h>
#include <xxhash.h>

#include <charconv>

namespace threadmill::protocol {
namespace {

constexpr std::size_t kSumDigits = 16;

}  // namespace

std::uint64_t xxh3(std::string_view bytes) noexcept { return XXH3_64bits(bytes.data(), bytes.size()); }

std::string sum_text(std::uint64_t sum) { return fmt::format("{:016x}", sum); }

std::optional<std::uint64_t> parse_sum(std::string_view text) noexcept {
  if (text.size() != kSumDigits) return std::nullopt;
  std::uint64_t sum = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, sum, 16);
  if (error != std::errc{} || end != last) return std::nullopt;
  return sum;
}

}  // namespace threadmill::protocol
