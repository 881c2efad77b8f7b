// Model `epoll-edge`: one thread, one loop, readiness from epoll, edge-triggered: each change is told once.
//
//   clients ──> [ epoll_wait ──> note what was told ──> list of those that can go on ] one thread
//                   ^                                      |
//                   | does not sleep while                 v
//                   | the list is not empty     [ read, 4 times at most ──> session ──> write ]
//                   └───────────── who has more stands in the list again
//
// Who accepts: the loop, up to 64 clients a turn; its listener alone stays level-triggered, so that those who
// still wait are told of again. Who reads: the loop. Who writes: the loop; a publication is written to its
// subscribers in turn. Shared: nothing, there is only one thread. What wakes whom: the kernel, when bytes
// come, room to write comes back, or the peer ends. A connection is registered once, for reading and for
// writing, and never again: waiting for room in a socket takes no system call, where `epoll` needs two.
//
// Choose it when: sockets are often full, so that what is waited for changes often; or several threads wait
// on one epoll, where an edge wakes one of them.
// Not when: nothing is gained by it: where requests are short and answers fit, it makes the same calls as
// `epoll`, which is harder to get wrong.
// How it fails: what is left unread without being remembered is never told of again, and that client waits
// for ever; a loop that reads on until a socket is empty is held by one client that never stops. The list is
// the remedy for both.
// Source: epoll(7), "Level-triggered and edge-triggered" and "Possible pitfalls": starvation, and the ready
// list against it.

#include "servers/net/one_loop.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_epoll_edge(Listener& listener, const Service& service, const ServeOptions& options,
                             const StopToken& stop) {
  return serve_in_one_loop(edge_triggered_epoll(), listener, service, options, stop);
}

}  // namespace threadmill::servers
