#include "servers/net/loop_acceptor.h"

#include <sys/socket.h>

namespace threadmill::servers {
ServeCounts serve_in_loop(EventLoop& loop, Listener& listener, const Service& service, Fanout& fanout,
                          const ServeOptions& options, const StopToken& stop) {
  const EventLoop::OpenSession open = [&](Member& self) { return service.open(fanout, self); };
  loop.watch(listener.fd(), [&] {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener.accept(SOCK_NONBLOCK, service.refusal());
      if (!client) return;
      const bool room = loop.connection_count() < options.max_connections;
      if (!room || !loop.adopt(*client, open)) listener.refuse(std::move(*client), service.refusal());
    }
  });
  const auto on_stop = [&] {
    loop.unwatch(listener.fd());
    listener.close();
    loop.end_input();
  };
  loop.run(stop, on_stop, [] { return true; });

  ServeCounts counts = loop.counts();
  counts.accepted = listener.accepted();
  counts.refused += listener.refused();
  return counts;
}

}  // namespace threadmill::servers
