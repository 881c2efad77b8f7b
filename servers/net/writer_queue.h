#pragma once
// What waits for one subscriber's writing thread, in order and bounded.

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

#include "servers/core/outbox.h"

namespace threadmill::servers {

/// Between one thread that hands over and one that writes. The first says when the other is to look, so that
/// one wake-up may be for much; nobody wakes a thread that is at work.
class WriterQueue {
 public:
  /// `limit_bytes` bounds what is handed over and not yet written, what is being written included.
  /// `on_drained` is called by the writing thread, without a lock, when a rest is over (see
  /// rest_while_blocked).
  WriterQueue(std::size_t limit_bytes, std::function<void()> on_drained);

  // The thread that hands over:

  /// Adds a publication, for wake() to tell of. False, and nothing is added, when that would pass the limit
  /// while the socket takes no more: its peer is too slow. Where only the writing thread is behind, this
  /// waits for it, which is never for long.
  bool push(const SharedPublication& publication);

  /// Moves all of `replies` here, for wake() to tell of. A reply cannot be left out: those of one read may
  /// pass the limit. False when they would be more than as much again.
  bool append(Outbox& replies);

  /// Lets the writing thread look at what has been handed over.
  void wake();

  /// Whether the socket takes no more just now.
  bool blocked();

  /// Asks to be told by `on_drained` when all is written; false when the socket takes more already.
  bool rest_while_blocked();

  /// No more will come: take() says so when all is written.
  void close();

  /// What waits is not wanted any more: take() says so at once.
  void abandon();

  // The writing thread:

  /// Waits for something to write and moves all of it to `writing`, which is empty. False when it is over.
  bool take(Outbox& writing);

  /// The socket takes no more, or takes more again.
  void set_blocked(bool is_blocked);

  /// The connection is gone: what comes from now on is forgotten.
  void fail();

 private:
  using Lock = std::unique_lock<std::mutex>;
  bool has_room(std::size_t bytes) const;
  /// Waits, with the writing thread awake, while it is all that is behind.
  void wait_for_room(Lock& lock, std::size_t bytes);
  /// Gives the lock back, and wakes the writing thread if it sleeps.
  void unlock_and_wake(Lock& lock);

  const std::size_t limit_bytes_;
  const std::function<void()> on_drained_;
  std::mutex mutex_;  ///< guards what follows
  std::condition_variable work_;
  std::condition_variable room_;
  Outbox waiting_;
  std::size_t being_written_bytes_ = 0;
  bool sleeps_ = false;  ///< the writing thread
  bool blocked_ = false;
  bool resting_ = false;  ///< the other thread wants to hear when all is written
  bool closed_ = false;
  bool ended_ = false;  ///< abandoned or failed
};

}  // namespace threadmill::servers
