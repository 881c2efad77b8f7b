#pragma once
// One connection of a ring's loop.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "os/descriptor.h"
#include "servers/core/fanout.h"
#include "servers/core/outbox.h"
#include "servers/core/session.h"
#include "servers/net/ring_loop.h"

namespace threadmill::servers {

/// Lives in its loop and is used from the loop's thread only. The kernel has at most two requests of it: one
/// to receive, which goes on until it is cancelled or fails, and one to send.
class RingConnection : public RingUser, public Member {
 public:
  RingConnection(RingLoop& loop, os::Descriptor socket);

  void on_completion(unsigned tag, int result, std::uint32_t flags) override;
  void deliver(const SharedPublication& publication) override;

 private:
  friend class RingLoop;

  void receive();
  void received(int result, std::uint32_t flags);
  void take_in(std::string_view bytes);
  void answer(std::string_view bytes);
  void answer_held_back();
  /// Whether what arrives has to wait, so that answers cannot pile up.
  bool holds_back() const;

  void send_soon();
  void send();
  void sent(int result);
  /// What a request to send came to.
  void settle(int result);
  /// Writes what can be written in the middle of a turn.
  void write_at_once();
  bool sends() const { return sending_bytes_ > 0; }

  /// After anything has happened: goes on to receive, or rests, or ends.
  void go_on();
  void stop_receiving();
  void die();
  /// Has the kernel complete what it still has of a dead connection.
  void break_off();
  /// The outbox has no room for so many messages: --slow-consumer says what happens.
  void too_slow(std::size_t messages);
  /// What cannot be left out does not fit.
  void cut_off();

  RingLoop& loop_;
  os::Descriptor socket_;
  Outbox outbox_;
  std::unique_ptr<Session> session_;
  std::string held_back_;          ///< has arrived, and waits until the outbox is written
  std::size_t sending_bytes_ = 0;  ///< that the kernel is asked to send now
  bool receiving_ = false;         ///< the kernel has a request to receive
  bool cancelling_ = false;        ///< which it has been asked to end
  bool ended_ = false;             ///< the client sends no more
  bool blocked_ = false;           ///< the socket takes no more
  bool closing_ = false;           ///< close when the outbox is written
  bool dirty_ = false;             ///< in the loop's list of outboxes to send
  bool dead_ = false;
};

}  // namespace threadmill::servers
