#pragma once
// How one thread or process wakes another that waits for descriptors.

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "os/descriptor.h"
#include "os/errors.h"

namespace threadmill::servers {

/// Readable from signal() until acknowledge(); many signals are one. Any thread, and any process that
/// inherits it.
class WakeUp {
 public:
  /// Throws std::system_error.
  WakeUp() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!event_) os::throw_errno("eventfd");
  }
  int fd() const { return event_.get(); }
  void signal() const { signal(event_.get()); }
  void acknowledge() const { acknowledge(event_.get()); }

  /// The same with an eventfd that somebody else owns. May be called from a signal handler.
  static void signal(int event) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto put = ::write(event, &one, sizeof one);
  }
  static void acknowledge(int event) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(event, &count, sizeof count);
  }

 private:
  os::Descriptor event_;
};

}  // namespace threadmill::servers
