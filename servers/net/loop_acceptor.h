#pragma once
// Accepting into an event loop.

#include "servers/core/service.h"
#include "servers/counts.h"
#include "servers/net/event_loop.h"
#include "servers/net/listener.h"

namespace threadmill::servers {

/// Serves the clients of `listener` in `loop` until a stop is requested and the connections have drained. All
/// of it happens in the calling thread.
ServeCounts serve_in_loop(EventLoop& loop, Listener& listener, const Service& service, Fanout& fanout,
                          const ServeOptions& options, const StopToken& stop);

}  // namespace threadmill::servers
