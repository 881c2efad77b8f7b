#pragma once
// What echo clients send: bytes from which any answer can be told to be the right one.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "loadgen/payload.h"

namespace threadmill::load {

/// The x with odd * x == 1 modulo 2^64. Each step doubles the number of right bits.
constexpr std::uint64_t inverse_of_odd(std::uint64_t odd) {
  std::uint64_t x = odd;
  for (int i = 0; i < 6; ++i) x *= 2 - odd * x;
  return x;
}

/// The messages of all echo connections of a run. Message (connection, sequence) begins with a stamp of 8
/// bytes that no other message has; then follows filler that differs by connection. Shorter messages have as
/// much of the stamp as fits.
class EchoMessages {
 public:
  static constexpr std::size_t kStampBytes = 8;
  struct Origin {
    std::uint64_t connection;
    std::uint64_t sequence;
  };

  EchoMessages(std::size_t message_bytes, std::uint64_t connections, std::uint64_t seed)
      : size_(message_bytes), connections_(connections), filler_(message_bytes + kShifts) {
    fill_random(filler_, seed);
    std::memcpy(&key_, filler_.data(), std::min(sizeof key_, filler_.size()));
  }

  std::size_t size() const noexcept { return size_; }
  std::size_t stamp_bytes() const noexcept { return std::min(size_, kStampBytes); }

  /// The stamp as it stands in a message; of shorter messages, its first bytes.
  std::uint64_t stamp(std::uint64_t connection, std::uint64_t sequence) const noexcept {
    const std::uint64_t mixed =
        ((connection << kSequenceBits | (sequence & kSequenceMask)) ^ key_) * kMultiplier;
    return mixed ^ mixed >> 32;
  }

  /// Writes bytes [offset, offset + count) of a message.
  void write(char* to, std::uint64_t connection, std::uint64_t sequence, std::size_t offset,
             std::size_t count) const noexcept {
    std::memcpy(to, filler(connection) + offset, count);
    if (offset < stamp_bytes()) {
      const std::uint64_t bytes = stamp(connection, sequence);
      std::memcpy(to, reinterpret_cast<const char*>(&bytes) + offset,
                  std::min(stamp_bytes() - offset, count));
    }
  }

  /// Whether `bytes` (size() of them) are that very message.
  bool equals(const char* bytes, std::uint64_t connection, std::uint64_t sequence) const noexcept {
    const std::uint64_t expected = stamp(connection, sequence);
    const std::size_t head = stamp_bytes();
    return std::memcmp(bytes, &expected, head) == 0 &&
           std::memcmp(bytes + head, filler(connection) + head, size_ - head) == 0;
  }

  /// Whether bytes behind the stamp, from `offset` on, are right.
  bool filler_equals(const char* bytes, std::uint64_t connection, std::size_t offset,
                     std::size_t count) const noexcept {
    return std::memcmp(bytes, filler(connection) + offset, count) == 0;
  }

  /// Which message a whole stamp belongs to; nothing for a stamp that no connection could have sent.
  std::optional<Origin> origin(std::uint64_t stamp) const noexcept {
    if (size_ < kStampBytes) return std::nullopt;
    const std::uint64_t plain = ((stamp ^ stamp >> 32) * kInverse) ^ key_;
    const Origin origin{plain >> kSequenceBits, plain & kSequenceMask};
    if (origin.connection >= connections_) return std::nullopt;
    return origin;
  }

 private:
  static constexpr std::size_t kShifts = 4096;  // different fillers
  static constexpr int kSequenceBits = 44;      // leaves 20 bits: a million connections
  static constexpr std::uint64_t kSequenceMask = (std::uint64_t{1} << kSequenceBits) - 1;

  // Stamps are scrambled reversibly: a damaged one is no other message's, and the first byte or two of it
  // still depend on both connection and sequence.
  static constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15;
  static constexpr std::uint64_t kInverse = inverse_of_odd(kMultiplier);
  static_assert(kMultiplier * kInverse == 1);

  const char* filler(std::uint64_t connection) const noexcept {
    return filler_.data() + connection * 61 % kShifts;
  }

  std::size_t size_;
  std::uint64_t connections_;
  std::vector<char> filler_;
  std::uint64_t key_ = 0;
};

}  // namespace threadmill::load
