#pragma once
// A server that is one event loop, whatever it waits with.

#include <memory>

#include "servers/core/service.h"
#include "servers/counts.h"
#include "servers/net/listener.h"
#include "servers/net/poller.h"
#include "servers/net/stop_token.h"
#include "servers/options.h"

namespace threadmill::servers {

/// Serves all clients in the calling thread, topics and chat rooms included, until a stop is requested and
/// the connections have drained.
ServeCounts serve_in_one_loop(std::unique_ptr<Poller> poller, Listener& listener, const Service& service,
                              const ServeOptions& options, const StopToken& stop);

}  // namespace threadmill::servers
