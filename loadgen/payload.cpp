#include "loadgen/payload.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#define XXH_INLINE_ALL  // a call into the library costs more than hashing 100 bytes
#include <xxhash.h>

#include "loadgen/mix.h"

namespace threadmill::load {
namespace {

// The checksum and, behind it, the send time are written last, and not hashed with the rest.
constexpr std::size_t kUnhashedBytes = 16;

// In the byte order of the machine: a publication comes back to the process that sent it.
struct Wire {
  std::uint64_t checksum;
  std::int64_t sent_ns;
  std::uint32_t publisher;
  std::uint32_t topic;
  std::uint64_t sequence;
  std::int64_t intended_ns;
};
static_assert(sizeof(Wire) == kMinimumPayloadBytes);
static_assert(offsetof(Wire, publisher) == kUnhashedBytes);

std::uint64_t hash_of(std::span<const char> payload) noexcept {
  return XXH3_64bits(payload.data() + kUnhashedBytes, payload.size() - kUnhashedBytes);
}

/// A send time with any wrong bit adds something else to the checksum.
std::uint64_t hash_of_time(std::int64_t sent_ns) noexcept { return mix(static_cast<std::uint64_t>(sent_ns)); }

Stamp to_stamp(const Wire& wire) noexcept {
  return {wire.publisher, wire.topic, wire.sequence, wire.intended_ns, wire.sent_ns};
}

}  // namespace

void stamp_payload(std::span<char> payload, const Stamp& stamp) noexcept {
  Wire wire{0, stamp.sent_ns, stamp.publisher, stamp.topic, stamp.sequence, stamp.intended_ns};
  std::memcpy(payload.data(), &wire, sizeof wire);
  wire.checksum = hash_of(payload) + hash_of_time(stamp.sent_ns);
  std::memcpy(payload.data(), &wire.checksum, sizeof wire.checksum);
}

void set_sent_time(std::span<char> payload, std::int64_t sent_ns) noexcept {
  Wire wire{};
  std::memcpy(&wire, payload.data(), kUnhashedBytes);
  wire.checksum += hash_of_time(sent_ns) - hash_of_time(wire.sent_ns);
  wire.sent_ns = sent_ns;
  std::memcpy(payload.data(), &wire, kUnhashedBytes);
}

Stamp read_stamp(std::span<const char> payload) noexcept {
  Wire wire{};
  std::memcpy(&wire, payload.data(), sizeof wire);
  return to_stamp(wire);
}

std::optional<Stamp> check_payload(std::span<const char> payload) noexcept {
  if (payload.size() < kMinimumPayloadBytes) return std::nullopt;
  Wire wire{};
  std::memcpy(&wire, payload.data(), sizeof wire);
  if (wire.checksum != hash_of(payload) + hash_of_time(wire.sent_ns)) return std::nullopt;
  return to_stamp(wire);
}

void fill_random(std::span<char> bytes, std::uint64_t seed) noexcept {
  std::uint64_t state = seed;
  for (std::size_t i = 0; i < bytes.size(); i += sizeof state) {
    const std::uint64_t block = XXH3_64bits_withSeed(&i, sizeof i, state);
    std::memcpy(bytes.data() + i, &block, std::min(sizeof block, bytes.size() - i));
    state = block;
  }
}

}  // namespace threadmill::load
