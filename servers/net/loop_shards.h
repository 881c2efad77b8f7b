#pragma once
// Several event loops that serve the clients of one address.

#include "servers/core/service.h"
#include "servers/counts.h"
#include "servers/net/listener.h"
#include "servers/net/stop_token.h"
#include "servers/options.h"

namespace threadmill::servers {

/// Serves in `options.loops` event loops until a stop is requested and the connections have drained. The
/// first loop is the calling thread, each other one has a thread of its own. `options.sharding` says how
/// clients come to them, `options.distribution` how publications reach the subscribers within a loop. A loop
/// that fails ends them all; then its exception is thrown.
ServeCounts serve_in_shards(Listener& listener, const Service& service, const ServeOptions& options,
                            const StopToken& stop);

}  // namespace threadmill::servers
