#pragma once
// A connection that an event loop reads and writes, and whose session runs in a pool of threads.

#include <cstdint>
#include <optional>
#include <vector>

#include "servers/net/handler_pool.h"
#include "servers/net/locked_connection.h"
#include "servers/net/wake_up.h"

namespace threadmill::servers {

class PooledConnection;

/// How threads tell the loop which connections have something for it.
class LoopInbox {
 public:
  /// Any thread. A connection that is here already is not added again.
  void post(PooledConnection& connection, bool has_run);

  /// Readable when there is something to take.
  int fd() const { return wake_.fd(); }
  /// The loop's thread. What take() gives is valid until the next call.
  const std::vector<PooledConnection*>& take();

 private:
  std::mutex mutex_;  ///< guards what follows, and `posted_` and `has_run_` of connections
  std::vector<PooledConnection*> posted_;
  std::vector<PooledConnection*> taken_;
  const WakeUp wake_;
};

/// Where nothing else is said, called from the loop's thread.
class PooledConnection : public LockedConnection, private Handler {
 public:
  /// `socket` does not block. `epoll`, `pool` and `inbox` outlive the connection.
  PooledConnection(SharedByThreads& shared, os::Descriptor socket, int epoll, HandlerPool& pool,
                   LoopInbox& inbox);

  /// Watches it from now on; false when epoll takes no more.
  bool watch();

  /// epoll has reported it. False when there is something to read but the pool takes no more now: then this
  /// is to be called again when it does.
  bool on_event(std::span<char> buffer);
  /// As on_event(), for one that said false.
  bool retry(std::span<char> buffer);

  /// It came out of the inbox. False when it is over and nobody else knows it any more.
  bool on_post();

  /// Any thread that publishes. The loop writes; where there is no room for more, this thread does.
  void deliver(const SharedPublication& publication) override;

 private:
  friend class LoopInbox;

  /// A worker's thread: the session takes `input`; it ends where that is empty.
  void run(std::string_view input) override;
  void write_later() override { inbox_.post(*this, false); }

  /// Writes what waits. Then a worker ends the session if the connection is over, or epoll watches for what
  /// can be done next. For callers that hold the lock.
  void attend();
  void write();
  void watch_for(std::uint32_t events);

  const int epoll_;
  HandlerPool& pool_;
  LoopInbox& inbox_;
  std::uint32_t interest_ = 0;  ///< epoll watches for one of these, and for nothing then
  bool runs_ = false;           ///< a worker has it, or will have
  bool ending_ = false;         ///< a worker ends its session
  bool waits_ = false;          ///< for the pool to take more; not read meanwhile
  bool broken_ = false;         ///< nothing can be written any more

  // Guarded by the connection's lock:
  bool blocked_ = false;  ///< the socket takes no more; reading rests too
  bool closing_ = false;  ///< to be closed when the outbox is written
  std::optional<UnlockedSession> session_;

  // Guarded by the inbox:
  bool posted_ = false;   ///< it is there
  bool has_run_ = false;  ///< a worker has done with it

  bool taken_has_run_ = false;  ///< as it came out of the inbox
};

}  // namespace threadmill::servers
