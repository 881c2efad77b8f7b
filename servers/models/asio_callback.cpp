// Model `asio-callback`: one thread runs one Boost.Asio io_context; whatever has become possible calls a
// function back.
//
//   clients ──> [ io_context (epoll) ──> async_wait done ──> callback: read ──> session ──> write
//                      ▲                                          │
//                      └───────────── async_wait again ───────────┘ ] one thread
//
// Who accepts, reads and writes: callbacks, in the one thread. Asio is used in its reactor style: async_wait
// tells that a socket is ready, and it is then read or written without blocking, so that an idle connection
// holds no buffer and a read brings as much as in the other models. Shared: nothing, and Asio is told so
// (BOOST_ASIO_CONCURRENCY_HINT_UNSAFE): it takes no lock. What wakes whom: the kernel wakes io_context. A
// publication is written to its subscribers in turn, by the publisher's callback.
//
// Choose it when: the program is built on Asio anyway, or has to run on several operating systems.
// Not when: an event loop of your own is enough: each wait costs a system call more than level-triggered
// epoll. How it fails: a callback that takes long holds up everybody, as in every loop. Source: Boost.Asio,
// "Reactor-Style Operations" and "The Proactor Design Pattern".

#include "servers/core/local_fanout.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/asio_server.h"
#include "servers/net/logged_session.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

/// Goes on until the connection has ended.
void wait(AsioServer& server, AsioConnection& connection) {
  connection.socket().async_wait(connection.waits_for(), [&](const boost::system::error_code& error) {
    connection.on_ready(error);
    if (connection.alive()) return wait(server, connection);
    server.leave(connection);
  });
}

}  // namespace

ServeCounts serve_asio_callback(Listener& listener, const Service& service, const ServeOptions& options,
                                const StopToken& stop) {
  LocalFanout topics;
  KeptLobby rooms(options, topics, Commit::at_once);
  topics.lead_to(rooms.lobby());
  boost::asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE);
  AsioServer server(context, listener, service, options, stop, [&](AsioSocket socket) {
    auto connection = std::make_shared<AsioConnection>(options, server.slow(), std::move(socket));
    connection->open(logged(service.open(topics, *connection), options.connection_log));
    server.enter(connection);
    wait(server, *connection);
  });
  context.run();
  return server.counts();
}

}  // namespace threadmill::servers
