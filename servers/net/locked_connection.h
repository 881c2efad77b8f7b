#pragma once
// A connection that one thread serves while others deliver to it.

#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "os/descriptor.h"
#include "servers/core/outbox.h"
#include "servers/net/shared_by_threads.h"

namespace threadmill::servers {

/// Its outbox is behind a lock of its own. What is delivered is written at once, by the thread that
/// publishes, as far as the socket takes it.
class LockedConnection : public Member {
 public:
  LockedConnection(SharedByThreads& shared, os::Descriptor socket)
      : shared_(shared), socket_(std::move(socket)), outbox_(shared.options.outbox_bytes) {}

  /// Gives the socket back, if it cannot be served after all.
  os::Descriptor take_socket() { return std::move(socket_); }

  /// As if the client had stopped sending (SHUT_RD), or was gone (SHUT_RDWR). Any thread.
  void shut_down(int how) { ::shutdown(socket_.get(), how); }

  /// Any thread.
  void deliver(const SharedPublication& publication) override;

 protected:
  /// The socket takes no more, and the outbox waits: whoever serves the connection is to write it when there
  /// is room. Called by the thread that delivers, with the lock held.
  virtual void write_later() = 0;

  /// What a full outbox comes to, for callers that hold the lock.
  void too_slow(std::size_t messages);

  SharedByThreads& shared_;
  os::Descriptor socket_;
  std::mutex mutex_;  ///< guards what follows
  Outbox outbox_;
  bool given_up_ = false;  ///< nothing is delivered to it any more
};

/// The connections that are served now, so that a stop request reaches each. Any thread.
class LiveConnections {
 public:
  void add(LockedConnection& connection);
  void remove(LockedConnection& connection);
  std::size_t count();

  /// All that are here, and all that come later.
  void shut_down_all(int how);
  /// Whether all have been removed within the limit.
  bool wait_until_none(std::chrono::milliseconds limit);
  void wait_until_none();

 private:
  std::mutex mutex_;  ///< guards what follows
  std::condition_variable none_left_;
  std::unordered_set<LockedConnection*> connections_;
  std::optional<int> shut_down_;
};

}  // namespace threadmill::servers
