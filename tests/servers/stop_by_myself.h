#pragma once
// A test that runs a loop in its own process, and ends it as SIGTERM would.

#include <signal.h>
#include <unistd.h>

namespace threadmill::servers {

/// The signals that end a loop, as they were before once it is gone.
class StopByMyself {
 public:
  StopByMyself() { ::pthread_sigmask(SIG_SETMASK, nullptr, &before_); }
  ~StopByMyself() {
    sigset_t terminated;
    sigemptyset(&terminated);
    sigaddset(&terminated, SIGTERM);
    const timespec at_once{};
    while (::sigtimedwait(&terminated, nullptr, &at_once) > 0) continue;
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  static void now() { ::kill(::getpid(), SIGTERM); }

 private:
  sigset_t before_{};
};

}  // namespace threadmill::servers
