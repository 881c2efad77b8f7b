#pragma once
// Sole ownership of one file descriptor.

#include <unistd.h>

#include <utility>

namespace threadmill::os {

/// Closes its descriptor when it goes out of scope. Movable, not copyable. Not safe to share between threads
/// without a lock; the descriptor number that get() returns may be used from any thread while the owner
/// lives.
class Descriptor {
 public:
  Descriptor() = default;
  /// Takes ownership of `fd`; a negative number means "none".
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

  /// Gives ownership away without closing.
  int release() noexcept { return std::exchange(fd_, -1); }

  /// Closes what is owned and takes `fd` instead.
  void reset(int fd = -1) noexcept {
    const int old = std::exchange(fd_, fd);
    if (old >= 0) ::close(old);
  }

 private:
  int fd_ = -1;
};

}  // namespace threadmill::os
