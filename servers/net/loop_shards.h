#pragma once
// Several event loops that serve the clients of one address.

#include <cstddef>

#include "servers/core/service.h"
#include "servers/counts.h"
#include "servers/net/listener.h"
#include "servers/net/stop_token.h"
#include "servers/options.h"

namespace threadmill::servers {

/// Who takes the clients of several loops.
enum class Acceptance {
  each_loop,   ///< each, from a listening socket of its own: the kernel deals them out (SO_REUSEPORT)
  first_loop,  ///< the first loop, which hands them to all in turn, itself included
  own_loop,    ///< a loop that does nothing else, which hands them to all in turn
};

struct ShardPlan {
  std::size_t loops = 1;  ///< that serve; at most kMostLoops
  Acceptance acceptance = Acceptance::each_loop;
  bool batches = false;  ///< publications of a turn go out as one piece for each topic (BatchFanout)
};

/// Serves in several event loops, each on a thread of its own, one of them the calling one, until a stop is
/// requested and the connections have drained. Chat rooms are common to all. A loop that fails ends them all;
/// then its exception is thrown.
ServeCounts serve_in_shards(const ShardPlan& plan, Listener& listener, const Service& service,
                            const ServeOptions& options, const StopToken& stop);

}  // namespace threadmill::servers
