// Model `multi-reactor`: one loop accepts and hands each client to one of N loops, each on its own thread.
//
//   clients ──> [ epoll_wait ──> accept ]  main thread
//                   | sockets, in turn
//                   v
//          mailbox of loop 1 ── eventfd ──> [ epoll_wait ──> read ──> session ──> write ] thread 1
//          ...
//          mailbox of loop N ── eventfd ──> [ epoll_wait ──> read ──> session ──> write ] thread N
//                   ^ publications and rooms' messages for members in another loop
//
// Who accepts: the main thread, which does nothing else, up to 64 clients a turn. Who reads: the client's
// loop. Who writes: the client's loop; a publication is written at once to the subscribers in the publisher's
// own loop, and goes in one letter to each other loop that has some. Shared: the mailboxes, each behind its
// lock; which loop has members of what (a readers-writer lock); the chat rooms (a lock); the count of
// connections. What wakes whom: the kernel a loop for its sockets; whoever posts a letter or a socket,
// through an eventfd, the loop that gets it.
//
// Choose it when: there are several CPUs, many connections, and clients that live long: each loop gets as
// many of them as any other.
// Not when: clients come and go quickly: each passes through the one loop that accepts, and a mailbox; or
// most publications go from one loop to another. How it fails: clients are dealt out by number, not by what
// they ask: some loops may be busy while others idle, and no client ever moves. A loop that stops taking its
// mail holds up those that publish to it. Source: D. C. Schmidt: Reactor; muduo (Chen Shuo), one loop per
// thread; Netty's boss and worker groups.

#include "servers/net/loop_shards.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_multi_reactor(Listener& listener, const Service& service, const ServeOptions& options,
                                const StopToken& stop) {
  const ShardPlan plan{.loops = options.workers, .acceptance = Acceptance::own_loop};
  return serve_in_shards(plan, listener, service, options, stop);
}

}  // namespace threadmill::servers
