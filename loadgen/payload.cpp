#include "loadgen/payload.h"

#include <algorithm>
#include <cstring>

#define XXH_INLINE_ALL  // a call into the library costs more than hashing 100 bytes
#include <xxhash.h>

namespace threadmill::load {
namespace {

constexpr std::size_t kChecksumBytes = 8;

// In the byte order of the machine: a publication comes back to the process that sent it.
struct Wire {
  std::uint64_t checksum;
  std::uint32_t publisher;
  std::uint32_t topic;
  std::uint64_t sequence;
  std::int64_t intended_ns;
  std::int64_t sent_ns;
};
static_assert(sizeof(Wire) == kMinimumPayloadBytes);

std::uint64_t checksum_of(std::span<const char> payload) noexcept {
  return XXH3_64bits(payload.data() + kChecksumBytes, payload.size() - kChecksumBytes);
}

Stamp to_stamp(const Wire& wire) noexcept {
  return {wire.publisher, wire.topic, wire.sequence, wire.intended_ns, wire.sent_ns};
}

}  // namespace

void stamp_payload(std::span<char> payload, const Stamp& stamp) noexcept {
  Wire wire{0, stamp.publisher, stamp.topic, stamp.sequence, stamp.intended_ns, stamp.sent_ns};
  std::memcpy(payload.data(), &wire, sizeof wire);
  wire.checksum = checksum_of(payload);
  std::memcpy(payload.data(), &wire.checksum, kChecksumBytes);
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
  if (wire.checksum != checksum_of(payload)) return std::nullopt;
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
