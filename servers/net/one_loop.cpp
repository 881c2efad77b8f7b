#include "servers/net/one_loop.h"

#include <utility>

#include "servers/core/local_fanout.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/event_loop.h"
#include "servers/net/loop_acceptor.h"

namespace threadmill::servers {

ServeCounts serve_in_one_loop(std::unique_ptr<Poller> poller, Listener& listener, const Service& service,
                              const ServeOptions& options, const StopToken& stop) {
  LocalFanout topics;
  KeptLobby rooms(options, topics, Commit::in_turn);
  topics.lead_to(rooms.lobby());
  EventLoop loop(options, std::move(poller));
  if (rooms.keeps()) loop.before_write([&] { rooms.commit(); });
  return serve_in_loop(loop, listener, service, topics, options, stop);
}

}  // namespace threadmill::servers
