#include "loadgen/payload_form.h"

#include <array>
#include <string_view>

namespace threadmill::load {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
using StampBytes = std::array<char, kMinimumPayloadBytes>;
static_assert(kMinimumPayloadBytes % 3 == 1);
static_assert(PayloadForm::kLeastTextBytes == kMinimumPayloadBytes / 3 * 4 + 2);

constexpr std::array<signed char, 256> values_of_letters() {
  std::array<signed char, 256> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    values[static_cast<unsigned char>(kLetters[i])] = static_cast<signed char>(i);
  }
  return values;
}
constexpr auto kLetterValues = values_of_letters();

void write_letters(const StampBytes& from, char* to) noexcept {
  const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(from[i])}; };
  std::size_t i = 0;
  for (; i + 3 <= from.size(); i += 3) {
    const std::uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (int shift = 18; shift >= 0; shift -= 6) *to++ = kLetters[bits >> shift & 63];
  }
  *to++ = kLetters[byte(i) >> 2];
  *to = kLetters[byte(i) << 4 & 63];
}

/// False for anything that write_letters() would not have written.
bool read_letters(const char* from, StampBytes& to) noexcept {
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t i = 0;
  for (std::size_t letter = 0; letter < PayloadForm::kLeastTextBytes; ++letter) {
    const int value = kLetterValues[static_cast<unsigned char>(from[letter])];
    if (value < 0) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    to[i++] = static_cast<char>(bits >> held & 0xff);
  }
  return (bits & ((1U << held) - 1)) == 0;
}

}  // namespace

void PayloadForm::fill(std::span<char> payload, std::uint64_t seed) const noexcept {
  fill_random(payload, seed);
  if (!text_) return;
  for (char& c : payload) c = kLetters[static_cast<unsigned char>(c) & 63];
}

void PayloadForm::stamp(std::span<char> payload, const Stamp& stamp) {
  if (!text_) {
    stamp_payload(payload, stamp);
    return;
  }
  StampBytes head{};
  bytes_.assign(head.size(), '\0');
  bytes_.append(payload.data() + kLeastTextBytes, payload.size() - kLeastTextBytes);
  stamp_payload(bytes_, stamp);
  bytes_.copy(head.data(), head.size());
  write_letters(head, payload.data());
}

void PayloadForm::set_sent_time(std::span<char> payload, std::int64_t sent_ns) const noexcept {
  StampBytes head{};
  if (!text_) {
    threadmill::load::set_sent_time(payload, sent_ns);
  } else if (read_letters(payload.data(), head)) {
    threadmill::load::set_sent_time(head, sent_ns);
    write_letters(head, payload.data());
  }
}

std::optional<Stamp> PayloadForm::read(std::span<const char> payload) const noexcept {
  if (payload.size() < least_bytes()) return std::nullopt;
  if (!text_) return read_stamp(payload);
  StampBytes head{};
  if (!read_letters(payload.data(), head)) return std::nullopt;
  return read_stamp(head);
}

std::optional<Stamp> PayloadForm::check(std::span<const char> payload) {
  if (!text_) return check_payload(payload);
  StampBytes head{};
  if (payload.size() < least_bytes() || !read_letters(payload.data(), head)) return std::nullopt;
  bytes_.assign(head.data(), head.size());
  bytes_.append(payload.data() + kLeastTextBytes, payload.size() - kLeastTextBytes);
  return check_payload(bytes_);
}

}  // namespace threadmill::load
