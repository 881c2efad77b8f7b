// Model `reuseport`: N loops, each on a thread of its own with a listening socket of its own (SO_REUSEPORT).
//
//              kernel: a hash of each new connection's addresses picks the socket
//                 |                                    |
//                 v                                    v
//   [ epoll_wait ──> accept | read ──> session ──> write ]  ...  [ the same ]
//     thread 1          ^    mailbox <── letters ──> mailbox    ^     thread N
//                       └──── publications and rooms' messages ─┘
//
// Who accepts: each loop its own clients, up to 64 a turn. Who reads: the client's loop. Who writes: the
// client's loop; a publication is written at once to the subscribers in the publisher's own loop, and goes in
// one letter to each other loop that has some. Shared: no socket; the mailboxes, each behind its lock; which
// loop has members of what (a readers-writer lock); the chat rooms (a lock); the count of connections. What
// wakes whom: the kernel wakes the loop that a new connection is for, and no other; whoever posts a letter,
// through an eventfd, the loop that gets it.
//
// Choose it when: there are several CPUs, and clients come and go quickly: nothing is between the kernel and
// the loop that serves them.
// Not when: there are few connections: a hash deals them out unevenly; or most publications go from one loop
// to another.
// How it fails: who has connected to a loop's socket waits for that loop, though another may be idle; and if
// a loop's socket is closed while clients wait in its queue, they are reset.
// Source: M. Kerrisk: The SO_REUSEPORT socket option (LWN.net, 2013); socket(7).

#include "servers/net/loop_shards.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_reuseport(Listener& listener, const Service& service, const ServeOptions& options,
                            const StopToken& stop) {
  const ShardPlan plan{.loops = options.workers, .acceptance = Acceptance::each_loop};
  return serve_in_shards(plan, listener, service, options, stop);
}

}  // namespace threadmill::servers
