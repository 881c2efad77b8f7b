// Model `select`: one thread, one loop, readiness from select(2): sets of bits, searched each turn.
//
//   clients ──> [ copy the sets ──> pselect ──> search all bits ──> accept | read ──> session ──> write ]
//               one thread; a bit for each descriptor number up to the highest in use
//
// Who accepts: the loop, up to 64 clients a turn. Who reads: the loop. Who writes: the loop; a publication is
// written to its subscribers in turn. Shared: nothing, there is only one thread. What wakes whom: the kernel
// wakes the loop, and tells how many sockets are ready but not which ones are: the loop looks at every bit.
//
// Choose it when: it has to run wherever there are sockets, for a few dozen clients, most of them busy.
// Not when: there are many connections and few of them have something to say: each turn costs in proportion
// to the highest descriptor number, in the kernel and again in the server, however few are ready.
// How it fails: with FD_SET, descriptor numbers from FD_SETSIZE (1024) on are written past the end of the
// set. The sets here are as long as they need to be, which Linux takes; so this model slows down instead.
// Source: W. R. Stevens, B. Fenner, A. M. Rudoff: UNIX Network Programming, volume 1, section 6.8; select(2).

#include "servers/net/one_loop.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_select(Listener& listener, const Service& service, const ServeOptions& options,
                         const StopToken& stop) {
  return serve_in_one_loop(select_poller(), listener, service, options, stop);
}

}  // namespace threadmill::servers
