#pragma once
// A stop request, for a process of one thread that serves one client at a time with calls that block.

#include <signal.h>

#include <chrono>

namespace threadmill::servers {

/// SIGTERM and SIGINT are a stop request from the call of take() on. Both are blocked, and let in by
/// wait_for_input() and StoppableClient only, so that none is missed. There is one per process.
class StopBySignal {
 public:
  /// What a client may take, from a stop request on, to read what it is answered: then it is cut off. Throws
  /// std::system_error.
  static void take(std::chrono::milliseconds drain);

  static bool requested();

  /// Waits until `fd` has something to read; false when a stop request came first.
  static bool wait_for_input(int fd);

  /// Waits until `epoll` has an event, or the parent asks to look around (kLookAround, which is let in here
  /// only); false when a stop request came first, or what it watches has been shut down.
  static bool wait_for_event(int epoll);
  static constexpr int kLookAround = SIGUSR1;
};

/// As long as it lives, a stop request is as if the client at the other end of `socket` had stopped sending.
/// For a request that came before, it is so at once.
class StoppableClient {
 public:
  explicit StoppableClient(int socket);
  ~StoppableClient();
  StoppableClient(const StoppableClient&) = delete;
  StoppableClient& operator=(const StoppableClient&) = delete;
};

}  // namespace threadmill::servers
