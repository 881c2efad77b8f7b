#pragma once
// One connection of an event loop.

#include "os/descriptor.h"
#include "servers/core/fanout.h"
#include "servers/core/outbox.h"
#include "servers/core/session.h"
#include "servers/net/event_loop.h"
#include "servers/net/socket_io.h"
#include "servers/net/subscriber_writer.h"

namespace threadmill::servers {

/// Lives in its loop and is used from the loop's thread only. With Distribution::writers a thread of its own
/// writes, from the first publication on.
class LoopConnection : public Watched, public Member {
 public:
  explicit LoopConnection(EventLoop& loop);

  void on_events(std::uint32_t events) override;
  /// Where edges are told: this turn's share of what can be done.
  void go_on();
  void deliver(const SharedPublication& publication) override;

 private:
  friend class EventLoop;

  void act_on(std::uint32_t events);
  void read();
  /// Gives the session bytes, or its turn without any.
  void run_session(std::string_view bytes);
  /// What a session has left to do: to write, to close.
  void after_session();
  /// The session, which waited, goes on.
  void resume();
  /// Keeps the end for EventLoop::close_ended(), where others' requests are still to be run.
  bool holds_end();
  void close_when_written();
  /// Writes now or at the next flush, as --flush says.
  void write_soon();
  void write_now();
  /// What a write came to.
  void written(IoStatus status);
  /// Watches for what can be done next: room to write when the socket is full, else bytes to read.
  void watch_for(std::uint32_t events);
  /// Where edges are told: puts it on the loop's list if what it watches for is known to be there.
  void list_if_ready();
  void die();
  /// The outbox has no room for so many messages: --slow-consumer says what happens.
  void too_slow(std::size_t messages);
  /// What cannot be left out does not fit.
  void cut_off();

  // Where a thread writes:
  void deliver_to_writer(const SharedPublication& publication);
  /// False when the system has no thread to give: then the connection is dead.
  bool start_writer();
  /// Moves the outbox to the writing thread's queue; false when there is no room: then the connection is
  /// dead.
  bool hand_over();
  void on_events_beside_writer(std::uint32_t events);
  /// Whether reading has to wait until the writing thread has written.
  bool rests();

  EventLoop& loop_;
  os::Descriptor socket_;
  Outbox outbox_;
  std::unique_ptr<SubscriberWriter> writer_;
  std::uint32_t interest_ = 0;
  std::uint32_t ready_ = 0;  ///< where edges are told: what was told and has not been used up
  bool blocked_ = false;     ///< the socket takes no more; reading rests too, so that answers cannot pile up
  bool waits_ = false;       ///< the session waits, and is given nothing to read meanwhile
  bool ended_ = false;       ///< in the loop's list of those that wait to be closed
  bool closing_ = false;     ///< close when the outbox is written
  bool dirty_ = false;       ///< in the loop's list of outboxes to write
  bool listed_ = false;      ///< in the loop's list of those that can go on
  bool cut_off_ = false;     ///< and counted
  bool dead_ = false;
  std::unique_ptr<Session> session_;  ///< last: when it ends it may learn that it was cut off
};

}  // namespace threadmill::servers
