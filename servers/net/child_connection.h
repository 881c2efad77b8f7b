#pragma once
// A client that a child process serves, while topics and rooms are with the parent.

#include "servers/core/service.h"
#include "servers/options.h"

namespace threadmill::servers {

/// What serving a client to its end came to.
struct ChildServed {
  bool was_slow = false;      ///< it was cut off here, because its outbox was full
  bool channel_lost = false;  ///< the parent has hung up: this child is of no further use
};

/// Serves until the client ends, or until a stop request (StopBySignal) that ends its input. `channel` is the
/// child's end of a socket pair to the parent's switchboard, negative where the service does not publish;
/// once this returns nothing in it is meant for that client, so that the next one may have it.
ChildServed serve_in_child(int socket, int channel, const Service& service, const ServeOptions& options);

}  // namespace threadmill::servers
