#pragma once
// Several rings that serve the clients of one address.

#include <cstddef>

#include "servers/core/service.h"
#include "servers/counts.h"
#include "servers/net/listener.h"
#include "servers/net/stop_token.h"
#include "servers/options.h"

namespace threadmill::servers {

/// Serves in `rings` loops, each on a thread of its own, one of them the calling one, and each with a
/// listening socket of its own, until a stop is requested and the connections have drained. Chat rooms are
/// common to all. A loop that fails ends them all; then its exception is thrown.
ServeCounts serve_in_rings(std::size_t rings, Listener& listener, const Service& service,
                           const ServeOptions& options, const StopToken& stop);

}  // namespace threadmill::servers
