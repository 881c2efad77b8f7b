#pragma once
// One thread that serves many connections through a ring of io_uring.

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "os/descriptor.h"
#include "servers/core/fanout.h"
#include "servers/core/session.h"
#include "servers/counts.h"
#include "servers/net/ring.h"
#include "servers/net/ring_buffers.h"
#include "servers/net/stop_token.h"
#include "servers/options.h"

namespace threadmill::servers {

class RingConnection;

/// What one request to send several pieces points at, until it is submitted.
struct RingMessage {
  static constexpr std::size_t kSlots = 64;
  std::array<iovec, kSlots> slots;
  msghdr header;
};

/// Used by one thread from run() on. A *turn* is one wait for completions, all that follows from them, and
/// the requests that come of it, which the next wait submits together.
class RingLoop {
 public:
  using OpenSession = std::function<std::unique_ptr<Session>(Member&)>;

  /// `options` outlive the loop. Throws std::system_error.
  explicit RingLoop(const ServeOptions& options);
  ~RingLoop();

  Ring& ring() { return ring_; }

  /// Calls `on_readable` in each turn in which `fd` is readable, as long as the loop runs. The caller keeps
  /// owning `fd`.
  void watch(int fd, std::function<void()> on_readable);

  /// Serves a connected, blocking socket from now on.
  void adopt(os::Descriptor socket, const OpenSession& open);

  /// Called each time before bytes go to a client: where what they confirm is made sure of.
  void before_write(std::function<void()> callback) { before_write_ = std::move(callback); }

  /// Called whenever a connection is gone.
  void after_close(std::function<void()> callback) { after_close_ = std::move(callback); }

  /// Turns until a stop is requested. Then `on_stop` is called, and turning goes on until no connection is
  /// left and `finished` says so. When the drain time is up, what is left is cut off.
  void run(const StopToken& stop, const std::function<void()>& on_stop,
           const std::function<bool()>& finished);

  /// Reads each connection, and each that still comes, to the end of what has already arrived, answers it and
  /// closes: for `on_stop`.
  void end_input();

  /// Slow consumers so far.
  const ServeCounts& counts() const { return counts_; }

 private:
  friend class RingConnection;
  class Watch;

  void turn(std::optional<std::int64_t> until_ns);
  void end_turn();
  void bury_dead();
  void flush();
  /// Stays where it is until the next turn.
  const msghdr& message_of(std::span<const iovec> slots);
  void confirm() {
    if (before_write_) before_write_();
  }

  const ServeOptions& options_;
  Ring ring_;
  RingBuffers buffers_;
  std::vector<std::unique_ptr<Watch>> watches_;
  std::unordered_map<RingConnection*, std::unique_ptr<RingConnection>> connections_;
  std::vector<RingConnection*> dirty_;  ///< their outboxes are to be sent
  std::vector<RingConnection*> dead_;   ///< their sessions are to end
  std::vector<RingConnection*> gone_;   ///< dead, and the kernel has none of their requests any more
  std::deque<RingMessage> messages_;
  std::size_t messages_used_ = 0;
  bool needs_buffers_ = false;  ///< the kernel had none free in this turn
  bool input_ended_ = false;
  std::function<void()> before_write_;
  std::function<void()> after_close_;
  ServeCounts counts_;
};

}  // namespace threadmill::servers
