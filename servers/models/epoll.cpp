// Model `epoll`: one thread, one loop, readiness from epoll (level-triggered).
//
//   clients ──> [ epoll_wait ──> accept | read ──> session ──> write ] one thread
//
// Who accepts, reads and writes: the loop. Shared: nothing, there is only one thread. What wakes it: the
// kernel, with up to 512 ready sockets at a time. A publication is written to its subscribers in turn, by the
// same thread.

#include "servers/core/local_fanout.h"
#include "servers/core/service.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/loop_acceptor.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_epoll(Listener& listener, const Service& service, const ServeOptions& options,
                        const StopToken& stop) {
  LocalFanout topics;
  KeptLobby rooms(options, topics, Commit::in_turn);
  topics.lead_to(rooms.lobby());
  EventLoop loop(options);
  if (rooms.keeps()) loop.before_write([&] { rooms.commit(); });
  return serve_in_loop(loop, listener, service, topics, options, stop);
}

}  // namespace threadmill::servers
