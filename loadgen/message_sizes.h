#pragma once
// How long each message is, where not all are alike.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace threadmill::load {

struct MessageSize {
  std::uint32_t bytes = 0;
  std::uint32_t weight = 1;  ///< it comes up as often as its part of all weights says
  bool operator==(const MessageSize&) const = default;
};

/// The size of every message of a run, settled by the seed: a receiver knows what to expect. The hash of
/// seed, publisher and sequence picks it, so that no order of asking changes it.
class MessageSizes {
 public:
  static constexpr std::size_t kMost = 16;  ///< different sizes

  /// All messages have this size.
  explicit MessageSizes(std::uint32_t bytes) : sizes_{{.bytes = bytes}}, seed_(0) {}
  /// At least one size, and at most kMost.
  MessageSizes(std::vector<MessageSize> sizes, std::uint64_t seed);

  bool fixed() const noexcept { return sizes_.size() == 1; }
  /// How many different sizes there are.
  std::size_t count() const noexcept { return sizes_.size(); }
  std::uint32_t bytes(std::size_t index) const noexcept { return sizes_[index].bytes; }
  /// Which of them a message has.
  std::size_t index_of(std::uint32_t publisher, std::uint64_t sequence) const noexcept {
    return fixed() ? 0 : draw(publisher, sequence);
  }
  std::uint32_t bytes_of(std::uint32_t publisher, std::uint64_t sequence) const noexcept {
    return bytes(index_of(publisher, sequence));
  }

 private:
  std::size_t draw(std::uint32_t publisher, std::uint64_t sequence) const noexcept;

  std::vector<MessageSize> sizes_;
  std::uint64_t seed_;
  std::uint64_t weights_ = 1;  // all together
};

}  // namespace threadmill::load
