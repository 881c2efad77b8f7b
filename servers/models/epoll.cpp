// Model `epoll`: one thread, one loop, readiness from epoll (level-triggered).
//
//   clients ──> [ epoll_wait ──> accept | read ──> session ──> write ] one thread
//
// Who accepts: the loop, up to 64 clients a turn. Who reads: the loop. Who writes: the loop; a publication is
// written to its subscribers in turn. Shared: nothing, there is only one thread. What wakes whom: the kernel
// wakes the loop, with up to 512 ready sockets at a time, whatever the number of those that are not.
//
// Choose it when: there are many connections, handlers are short, and one CPU is enough.
// Not when: a handler computes for long or waits for a disk: all clients wait with it.
// How it fails: one thread is the limit; beyond it requests wait in the sockets, and all clients are late
// alike.
// Source: epoll(7); D. Kegel: The C10K problem.

#include "servers/net/one_loop.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_epoll(Listener& listener, const Service& service, const ServeOptions& options,
                        const StopToken& stop) {
  return serve_in_one_loop(level_triggered_epoll(), listener, service, options, stop);
}

}  // namespace threadmill::servers
