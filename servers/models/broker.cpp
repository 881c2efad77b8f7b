// Model `broker`: an event loop with a queue for each topic.
//
//   publishers ──> [ epoll_wait ──> read ──> session ──> queue of the topic ]
//   subscribers <── [ end of turn: each queue is one batch, shared by all its subscribers ──> write ] one
//   thread
//
// Who accepts, reads and writes: the loop. Shared: nothing. What differs from `epoll`: a message is encoded
// once into its topic's batch, and a subscriber costs one write per turn instead of one per message. Source:
// the third way of distributing in 003_53b9d1731df8acb3 ("broker").

#include "servers/core/batch_fanout.h"
#include "servers/core/local_fanout.h"
#include "servers/core/service.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/loop_acceptor.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_broker(Listener& listener, const Service& service, const ServeOptions& options,
                         const StopToken& stop) {
  LocalFanout topics;
  BatchFanout queues(topics, batch_limit_bytes(options));
  // Flushing at once leaves nothing to queue.
  Fanout& fanout = options.flush.kind == FlushKind::immediate ? static_cast<Fanout&>(topics) : queues;
  KeptLobby rooms(options, fanout, Commit::in_turn);
  fanout.lead_to(rooms.lobby());
  EventLoop loop(options);
  loop.before_flush([&] { queues.flush(); });
  if (rooms.keeps()) loop.before_write([&] { rooms.commit(); });
  return serve_in_loop(loop, listener, service, fanout, options, stop);
}

}  // namespace threadmill::servers
