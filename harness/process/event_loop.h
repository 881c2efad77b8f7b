#pragma once
// One thread that waits for many things at once: lines, exits, timers, Ctrl-C. Boost.Asio stays behind this
// header.

#include <chrono>
#include <functional>
#include <memory>

#include "harness/errors.h"

namespace threadmill::harness {

/// Everything here is for the thread that made it. While one exists, SIGINT and SIGTERM are taken by it, and
/// SIGHUP unless it is ignored.
class EventLoop {
 public:
  using Clock = std::chrono::steady_clock;
  /// Ends a watch or a timer when destroyed; may outlive neither the loop nor what the handler refers to.
  using Handle = std::shared_ptr<void>;

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Handles events until `done()` holds or `deadline` has passed; says whether it holds. Throws Interrupted.
  bool wait_until(const std::function<bool()>& done, Clock::time_point deadline);
  bool wait_for(const std::function<bool()>& done, Clock::duration limit) {
    return wait_until(done, Clock::now() + limit);
  }

  /// Calls `handler` whenever `fd` is readable (or at its end). Does not own `fd`, which must outlive the
  /// handle.
  [[nodiscard]] Handle watch_readable(int fd, std::function<void()> handler);

  /// Calls `handler` after `first`, and again after as long as it returns each time.
  [[nodiscard]] Handle repeat(Clock::duration first, std::function<Clock::duration()> handler);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace threadmill::harness
