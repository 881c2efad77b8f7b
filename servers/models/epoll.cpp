// Model `epoll`: one thread, one loop, readiness from epoll (level-triggered).
//
//   clients ──> [ epoll_wait ──> accept | read ──> session ──> write ] one thread
//
// Who accepts: the loop, up to 64 clients a turn. Who reads: the loop. Who writes: the loop; a publication is
// written to its subscribers in turn. Shared: nothing, there is only one thread. What wakes whom: the kernel
// wakes the loop, with up to 512 ready sockets at a time, whatever the number of those that are not.
//
// Choose it when: there are many connections, most of them idle at any moment, and each request takes little
// CPU time: a connection costs its buffers and no stack, and the busier the loop is, the more requests one
// epoll_wait brings. One thread also means no locks: whatever handlers share, they share safely.
// Not when: handlers compute for long or call what blocks (a file, a name server, a lock): everybody waits
// behind them. Nor when one CPU is not enough: one loop uses one.
// How it fails: all together. A handler that is slow is slow for every client, and one that crashes takes
// every connection with it. Out of descriptors it refuses new clients and goes on with the others.
// Source: epoll(7); Kegel, The C10K problem.

#include "servers/net/one_loop.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_epoll(Listener& listener, const Service& service, const ServeOptions& options,
                        const StopToken& stop) {
  return serve_in_one_loop(level_triggered_epoll(), listener, service, options, stop);
}

}  // namespace threadmill::servers
