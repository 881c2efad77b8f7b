#pragma once
// One thread that serves many connections, woken when something can be done for them.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "os/descriptor.h"
#include "servers/core/fanout.h"
#include "servers/core/session.h"
#include "servers/counts.h"
#include "servers/net/poller.h"
#include "servers/net/stop_token.h"
#include "servers/options.h"

namespace threadmill::servers {

class LoopConnection;

/// Every member is called from the loop's thread. A *turn* is one return of Poller::wait() and all that
/// follows from it.
///
/// Where the poller tells edges, connections that have more to do than one turn grants them stand in a list
/// for the next turn, which does not sleep then: so none is forgotten, and none keeps the others waiting. All
/// else is told for as long as it lasts, so that not all clients that wait have to be accepted in one turn.
class EventLoop {
 public:
  using OpenSession = std::function<std::unique_ptr<Session>(Member&)>;

  /// `options` outlive the loop. Throws std::system_error.
  explicit EventLoop(const ServeOptions& options, std::unique_ptr<Poller> poller = level_triggered_epoll());
  ~EventLoop();

  /// Calls `on_readable` in each turn in which `fd` is readable. The caller keeps owning `fd`.
  void watch(int fd, std::function<void()> on_readable);
  void unwatch(int fd);

  /// For what `on_readable` published: it is flushed at the end of this turn, as what a session publishes is.
  void expect_flush() { worked_ = true; }

  /// Serves a connected, non-blocking socket from now on. False, and the socket stays, when the poller
  /// takes no more (fs.epoll.max_user_watches).
  bool adopt(os::Descriptor& socket, const OpenSession& open);
  std::size_t connection_count() const { return connections_.size(); }

  /// Cuts off a member of adopt() as a slow consumer, and counts it once, though it may have ended already.
  void cut_off_slow(Member& member);

  /// Lets the session of a member of adopt() go on that has waited (Session::waits()), unless it has ended.
  void resume(Member& member);

  /// Called before waiting outboxes are written, when --flush says that it is time: where a batching fan-out
  /// hands over.
  void before_flush(std::function<void()> callback) { before_flush_ = std::move(callback); }

  /// Until the flush under way ends, publications go to the socket past an outbox that is empty: for a
  /// callback of before_flush() that hands each connection one publication at most.
  void write_through() { write_through_ = true; }

  /// Lets a delayed flush happen at the end of this turn: for what has been delayed elsewhere already.
  void flush_this_turn() {
    if (options_.flush.kind == FlushKind::delay) flush_at_ns_ = 0;
  }

  /// Called each time before bytes are written to a connection, or handed to the thread that writes: where
  /// what they confirm is made sure of. Not set, it costs nothing.
  void before_write(std::function<void()> callback) { before_write_ = std::move(callback); }

  /// Called whenever a connection is gone.
  void after_close(std::function<void()> callback) { after_close_ = std::move(callback); }

  /// Turns until a stop is requested. Then `on_stop` is called, and turning goes on until no connection is
  /// left and `finished` says so, or until the drain time is up; what is left then is cut off.
  void run(const StopToken& stop, const std::function<void()>& on_stop,
           const std::function<bool()>& finished);

  /// Reads each connection to the end of what has already arrived, answers it and closes: for `on_stop`.
  void end_input();

  /// Slow consumers so far.
  const ServeCounts& counts() const { return counts_; }

 private:
  friend class LoopConnection;
  class Callback;

  bool writes_through() const { return write_through_ || options_.flush.kind == FlushKind::immediate; }
  void turn(std::optional<std::int64_t> wake_at_ns);
  bool watch_connection(int fd, LoopConnection& connection);
  void serve_listed();
  void end_turn();
  void close_ended();
  void flush_if_due();
  void flush_dirty();
  void bury_dead();

  const ServeOptions& options_;
  const std::unique_ptr<Poller> poller_;
  const bool edges_;  ///< Poller::tells_edges()
  std::vector<char> read_buffer_;
  std::unordered_map<int, std::unique_ptr<Callback>> callbacks_;
  std::unordered_map<LoopConnection*, std::unique_ptr<LoopConnection>> connections_;
  /// That were read to their ends after end_input(): closed once a turn has read nothing of the others, whose
  /// requests may publish to them.
  std::vector<LoopConnection*> ended_;
  bool input_ends_ = false;              ///< end_input() was called
  bool had_input_ = false;               ///< this turn has read bytes
  std::vector<LoopConnection*> dirty_;   ///< their outboxes wait for the next flush
  std::vector<LoopConnection*> listed_;  ///< of edges: something can be done for them without being told anew
  std::vector<LoopConnection*> serving_;  ///< the list of this turn
  std::vector<LoopConnection*> dead_;  ///< to be destroyed at the end of the turn, when nobody points at them
  std::vector<std::unique_ptr<Callback>> dead_callbacks_;
  std::function<void()> before_flush_;
  std::function<void()> before_write_;
  std::function<void()> after_close_;
  bool write_through_ = false;
  std::optional<std::int64_t> flush_at_ns_;  ///< set while --flush delay has something waiting
  bool worked_ = false;                      ///< whether this turn ran a session, or published
  ServeCounts counts_;
};

}  // namespace threadmill::servers
