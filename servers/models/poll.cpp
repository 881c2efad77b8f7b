// Model `poll`: one thread, one loop, readiness from poll(2): an array of descriptors, given anew each turn.
//
//   clients ──> [ ppoll(array) ──> search the array ──> accept | read ──> session ──> write ] one thread
//               { fd, what to wait for, what came } for each connection, without gaps
//
// Who accepts: the loop, up to 64 clients a turn. Who reads: the loop. Who writes: the loop; a publication is
// written to its subscribers in turn. Shared: nothing, there is only one thread. What wakes whom: the kernel
// wakes the loop, after it has asked every socket of the array; the loop then looks for those that are ready.
//
// Choose it when: it has to run on any POSIX system, and connections are few or most of them are busy; what
// to wait for changes often, for that costs no system call.
// Not when: there are many connections and few of them have something to say: each turn costs in proportion
// to all of them.
// How it fails: gradually: the more connections are idle, the more CPU time each request of the others takes.
// Source: W. R. Stevens, B. Fenner, A. M. Rudoff: UNIX Network Programming, volume 1, section 6.11; poll(2).

#include "servers/net/one_loop.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_poll(Listener& listener, const Service& service, const ServeOptions& options,
                       const StopToken& stop) {
  return serve_in_one_loop(poll_poller(), listener, service, options, stop);
}

}  // namespace threadmill::servers
