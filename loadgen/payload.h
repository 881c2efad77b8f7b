#pragma once
// What a publication carries, so that its receiver can tell whether it is right: who, where, which, when,
// checksum.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace threadmill::load {

struct Stamp {
  std::uint32_t publisher = 0;
  std::uint32_t topic = 0;
  std::uint64_t sequence = 0;    ///< of this publisher, from 0
  std::int64_t intended_ns = 0;  ///< when it was due (CLOCK_MONOTONIC); 0: nothing but an answer made it due
  std::int64_t sent_ns = 0;      ///< right before the send call that took its first byte (CLOCK_MONOTONIC)
  bool operator==(const Stamp&) const = default;
};

/// Checksum and stamp; the rest of a payload is filler.
inline constexpr std::uint32_t kMinimumPayloadBytes = 40;

/// Writes the stamp and then the XXH3 checksum over all that follows the checksum, filler included. `payload`
/// has at least kMinimumPayloadBytes.
void stamp_payload(std::span<char> payload, const Stamp& stamp) noexcept;

/// Says in a payload that was stamped when it is really sent; its checksum stays right. Costs the same for
/// every size: a batch is hashed first, and told the time of its send call last.
void set_sent_time(std::span<char> payload, std::int64_t sent_ns) noexcept;

/// The stamp as it stands there, right or wrong. `payload` has at least kMinimumPayloadBytes.
Stamp read_stamp(std::span<const char> payload) noexcept;

/// The stamp, or nothing when the checksum is wrong or the payload too short.
std::optional<Stamp> check_payload(std::span<const char> payload) noexcept;

/// Fills with bytes that look random and depend on `seed` alone.
void fill_random(std::span<char> bytes, std::uint64_t seed) noexcept;

}  // namespace threadmill::load
