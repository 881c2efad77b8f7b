#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>

#include "os/clock.h"
#include "os/errors.h"

namespace threadmill::harness {

/// A child of this process that computes for so long and then waits to be ended.
class ForkedChild {
 public:
  explicit ForkedChild(std::int64_t busy_ns) {
    if (::pipe(done_) != 0) os::throw_errno("pipe");
    pid_ = ::fork();
    if (pid_ < 0) os::throw_errno("fork");
    if (pid_ != 0) return;
    const auto start = os::thread_cpu_ns();
    while (os::thread_cpu_ns() - start < busy_ns) {
    }
    [[maybe_unused]] const auto told = ::write(done_[1], "d", 1);
    while (true) ::pause();
  }
  ~ForkedChild() {
    end();
    ::close(done_[0]);
    ::close(done_[1]);
  }
  ForkedChild(const ForkedChild&) = delete;
  ForkedChild& operator=(const ForkedChild&) = delete;

  pid_t pid() const { return pid_; }
  void wait_until_done() const {
    char byte = 0;
    if (::read(done_[0], &byte, 1) != 1) os::throw_errno("read from a child");
  }
  /// Kills and reaps it.
  void end() {
    if (ended_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ended_ = true;
  }

 private:
  pid_t pid_ = -1;
  int done_[2] = {-1, -1};
  bool ended_ = false;
};

}  // namespace threadmill::harness
