#pragma once
// A connection that several threads wait for, and each time one of them serves.

#include <atomic>
#include <optional>
#include <span>

#include "servers/net/locked_connection.h"
#include "servers/net/socket_io.h"

namespace threadmill::servers {

/// Watched by an epoll set that threads share, for one event at a time (EPOLLONESHOT). Who gets the event
/// calls begin(), and handle() if that says so. A publisher may make epoll report a connection that a thread
/// has just been given: the second thread's begin() says no, and it must not touch the connection after that.
class SharedPollConnection : public LockedConnection {
 public:
  /// `socket` does not block. `epoll` outlives the connection.
  SharedPollConnection(SharedByThreads& shared, os::Descriptor socket, int epoll);

  /// Watches it from now on; false when epoll takes no more.
  bool watch();

  /// False when another thread serves it, or it is over.
  bool begin() { return !is_served_.exchange(true); }

  /// Reads once, runs the session, writes and watches it again. False when the connection is over; then it is
  /// to be hung up, and destroyed once nobody can be about to call begin().
  bool handle(std::span<char> buffer);

  void hang_up() { socket_.reset(); }

 private:
  void write_later() override;

  // For callers that hold the lock:
  bool arm(int operation);
  void run_session(std::string_view bytes);
  /// False when the connection is over.
  bool write();
  void end();

  const int epoll_;
  std::atomic<bool> is_served_{false};
  bool blocked_ = false;  ///< the socket takes no more; reading rests too; guarded as the outbox
  bool closing_ = false;  ///< to be closed when the outbox is written; of the thread that serves
  std::optional<UnlockedSession> session_;
};

}  // namespace threadmill::servers
