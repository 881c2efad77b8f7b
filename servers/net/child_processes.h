#pragma once
// The child processes of a server.

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <span>
#include <unordered_set>

#include "os/descriptor.h"
#include "servers/net/event_loop.h"

namespace threadmill::servers {

/// Starts children, hears of their ends in an event loop, and ends them. Everything is called from the loop's
/// thread, which is the only one of its process.
class ChildProcesses {
 public:
  /// `on_end` is told of each child that has ended and how (waitpid(2)); `loop` outlives this. Throws
  /// std::system_error.
  ChildProcesses(EventLoop& loop, std::function<void(pid_t child, int status)> on_end);

  /// Forks. The child holds no descriptors but the standard ones and `kept` (negative ones are none), dies
  /// with its parent, and ends with the status that `run` returns. Returns the child's number, or -1 when the
  /// system has no process to give.
  pid_t start(std::span<const int> kept, const std::function<int()>& run);

  std::size_t count() const { return children_.size(); }
  void signal_all(int signal) const;

  /// Kills what is left and reaps it, without telling.
  void kill_all();

 private:
  void reap();

  std::function<void(pid_t, int)> on_end_;
  os::Descriptor ends_;  ///< readable when a child has ended
  std::unordered_set<pid_t> children_;
};

}  // namespace threadmill::servers
