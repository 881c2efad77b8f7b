#pragma once
// Several messages for one send call.

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace threadmill::load {

/// Messages one behind the other, and what became of each when the socket took only a part of them.
class SendBatch {
 public:
  /// Makes room for that many bytes and forgets what was there.
  void reserve(std::size_t bytes) {
    bytes_.resize(bytes);
    clear();
  }
  void clear() noexcept {
    begin_.clear();
    size_ = 0;
  }
  /// Where a further message of that many bytes is to be written; nullptr where there is no room for it.
  char* add(std::size_t bytes) {
    if (bytes_.size() - size_ < bytes) return nullptr;
    begin_.push_back(size_);
    size_ += bytes;
    return message(begin_.size() - 1);
  }

  std::size_t messages() const noexcept { return begin_.size(); }
  char* message(std::size_t index) noexcept { return bytes_.data() + begin_[index]; }
  std::string_view bytes() const noexcept { return {bytes_.data(), size_}; }

  /// Of how many messages the first byte is among the first `taken` bytes.
  std::size_t begun(std::size_t taken) const noexcept {
    return static_cast<std::size_t>(std::lower_bound(begin_.begin(), begin_.end(), taken) - begin_.begin());
  }
  /// The rest of the message that the first `taken` bytes end in; empty where they end with a message.
  std::string_view rest(std::size_t taken) const noexcept {
    const std::size_t next = begun(taken);
    const std::size_t end = next < begin_.size() ? begin_[next] : size_;
    return bytes().substr(taken, end - taken);
  }

 private:
  std::vector<char> bytes_;
  std::vector<std::size_t> begin_;  // of each message
  std::size_t size_ = 0;
};

}  // namespace threadmill::load
