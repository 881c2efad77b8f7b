// Model `io-uring`: one thread and one ring, to which the kernel hands what it has done instead of what could
// be done.
//
//   clients ──> kernel: accepts, receives into buffers that all connections share
//                  │ completions                             ▲ requests to send
//                  ▼                                         │
//               [ take completions ──> session ──> outbox ──> one submit a turn ] one thread
//
// Who accepts: the kernel, for one request that goes on for ever. Who reads: the kernel, for one such request
// per connection, into a buffer that it takes when bytes are there. Who writes: the kernel, asked once a turn
// for all outboxes together; a connection has one request to send at a time, and its bytes stay where they
// are meanwhile. Shared: nothing, there is only one thread. What wakes it: a completion; it submits and waits
// with the same system call, and one call often serves many clients.
//
// Choose it when: system calls are a large part of the work: many connections that each send little.
// Not when: the kernel is older than 6.0, or forbids io_uring, as many containers do. Large transfers gain
// little: copying costs the same.
// How it fails: a handler that takes long holds up everybody, as in every loop. Where buffers run out,
// receiving pauses until some come back. The kernel accepts all that wait at once, so a storm of clients
// comes in one turn. Source: io_uring_setup(2), io_uring_enter(2), io_uring_prep_recv_multishot(3); Axboe,
// "Efficient IO with io_uring".

#include "servers/core/local_fanout.h"
#include "servers/core/service.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/logged_session.h"
#include "servers/net/ring_acceptor.h"
#include "servers/net/ring_loop.h"
#include "servers/registry.h"

namespace threadmill::servers {

ServeCounts serve_io_uring(Listener& listener, const Service& service, const ServeOptions& options,
                           const StopToken& stop) {
  LocalFanout topics;
  KeptLobby rooms(options, topics, Commit::in_turn);
  topics.lead_to(rooms.lobby());
  RingLoop loop(options);
  if (rooms.keeps()) loop.before_write([&] { rooms.commit(); });
  const auto open = [&](Member& self) { return logged(service.open(topics, self), options.connection_log); };
  RingAcceptor acceptor(loop.ring(), listener, service.refusal(), [&](os::Descriptor client) {
    if (loop.connection_count() < options.max_connections) return loop.adopt(std::move(client), open);
    listener.refuse(std::move(client), service.refusal());
  });
  const auto on_stop = [&] {
    acceptor.stop();
    loop.end_input();
  };
  loop.run(stop, on_stop, [&] { return acceptor.stopped(); });

  ServeCounts counts = loop.counts();
  counts.accepted = listener.accepted();
  counts.refused = listener.refused();
  return counts;
}

std::string io_uring_missing() { return Ring::missing(); }

}  // namespace threadmill::servers
