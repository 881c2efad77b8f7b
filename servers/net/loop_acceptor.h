#pragma once
// Accepting into an event loop.

#include "servers/core/service.h"
#include "servers/counts.h"
#include "servers/net/event_loop.h"
#include "servers/net/listener.h"

namespace threadmill::servers {

/// Another listener with a service of its own, whose clients share loop, fan-out and limits with the first
/// one's: for a web gateway beside the chat (ServeOptions::second_door).
class SecondDoor {
 public:
  SecondDoor(Listener& listener, const Service& service) : listener_(listener), service_(service) {}
  Listener& listener() const { return listener_; }
  const Service& service() const { return service_; }

 private:
  Listener& listener_;
  const Service& service_;
};

/// Serves the clients of `listener`, and of the second door if there is one, in `loop` until a stop is
/// requested and the connections have drained. All of it happens in the calling thread.
ServeCounts serve_in_loop(EventLoop& loop, Listener& listener, const Service& service, Fanout& fanout,
                          const ServeOptions& options, const StopToken& stop);

}  // namespace threadmill::servers
