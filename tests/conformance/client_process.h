#pragma once
// A client that is a process of its own, so that it can be stopped as Ctrl+Z stops one.

#include <sys/types.h>

#include <functional>

namespace threadmill::conformance {

/// Killed by the destructor, if it still lives.
class ClientProcess {
 public:
  /// Runs `body` in a forked process, which ends with what it returns; with 99 where it throws.
  explicit ClientProcess(const std::function<int()>& body);
  ~ClientProcess();
  ClientProcess(const ClientProcess&) = delete;
  ClientProcess& operator=(const ClientProcess&) = delete;

  /// Returns when it stands still.
  void stop();
  void go_on();
  /// Its exit code, or 128 + signal.
  int wait();

 private:
  pid_t pid_ = -1;
};

}  // namespace threadmill::conformance
