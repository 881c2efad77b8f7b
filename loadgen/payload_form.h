#pragma once
// Payloads as a protocol can carry them: any bytes, or printable ASCII.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "loadgen/payload.h"

namespace threadmill::load {

/// A payload that is text begins with checksum and stamp in the letters of Base64 (RFC 4648, without
/// padding); its filler is such letters, too. Used by one thread.
class PayloadForm {
 public:
  /// The least that a payload of text needs.
  static constexpr std::uint32_t kLeastTextBytes = 54;

  explicit PayloadForm(bool text) : text_(text) {}

  std::uint32_t least_bytes() const noexcept { return text_ ? kLeastTextBytes : kMinimumPayloadBytes; }

  // As the functions in payload.h. A payload has at least least_bytes().

  void fill(std::span<char> payload, std::uint64_t seed) const noexcept;
  void stamp(std::span<char> payload, const Stamp& stamp);
  void set_sent_time(std::span<char> payload, std::int64_t sent_ns) const noexcept;

  /// The stamp as it stands there, right or wrong; nothing where there is none to read.
  std::optional<Stamp> read(std::span<const char> payload) const noexcept;
  /// The stamp, or nothing when the checksum is wrong or the payload too short.
  std::optional<Stamp> check(std::span<const char> payload);

 private:
  bool text_;
  std::string bytes_;  // of a payload of text: as they are hashed
};

}  // namespace threadmill::load
