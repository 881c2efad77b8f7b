#pragma once
// What a load run has to know of the server beside it.

#include <string>

namespace threadmill::harness {

/// A server process, whoever started it. For the thread of its loop.
class WatchedServer {
 public:
  virtual ~WatchedServer() = default;
  virtual bool has_exited() const = 0;
  /// "the server exited with status 1; its last words: ..."
  virtual std::string describe_exit() const = 0;
  /// Keeps what it writes to standard error bounded.
  virtual void trim_stderr() = 0;
};

}  // namespace threadmill::harness
