// Model `asio-coroutine`: one thread runs one Boost.Asio io_context; each connection is a C++20 coroutine.
//
//   clients ──> [ io_context (epoll) ──> resumes the coroutine of the client that is ready:
//                      ▲        while alive: co_await async_wait ──> read ──> session ──> write
//                      └──────────────────────────┘ ] one thread
//
// Who accepts: a callback. Who reads and writes: the client's coroutine, which reads like a thread of its own
// but is a frame on the heap of some hundred bytes; all of them share one thread and its stack. Asio is used
// in its reactor style, as in `asio-callback`: the same but for how it waits. Shared: nothing, so Asio takes
// no lock. What wakes whom: the kernel wakes io_context, which resumes the coroutine that waits for the
// socket; a publisher that finds a subscriber's socket full cancels that one's wait, so that it waits for
// room instead.
//
// Choose it when: what a connection does has many steps, and should be read from top to bottom.
// Not when: each step is short and the last percent counts: each co_await has a frame of its own.
// How it fails: a coroutine that computes long, or blocks, holds up everybody: it gives way only at co_await.
// Source: Boost.Asio, "C++20 Coroutines Support"; ISO C++20, [dcl.fct.def.coroutine].

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "servers/core/local_fanout.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/asio_server.h"
#include "servers/net/logged_session.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

namespace asio = boost::asio;

constexpr auto kAwaited = asio::as_tuple(asio::use_awaitable_t<AsioExecutor>());

/// The life of a connection.
asio::awaitable<void, AsioExecutor> live(AsioServer& server, AsioConnection& connection) {
  while (connection.alive()) {
    const auto [error] = co_await connection.socket().async_wait(connection.waits_for(), kAwaited);
    connection.on_ready(error);
  }
  server.leave(connection);
}

}  // namespace

ServeCounts serve_asio_coroutine(Listener& listener, const Service& service, const ServeOptions& options,
                                 const StopToken& stop) {
  LocalFanout topics;
  KeptLobby rooms(options, topics, Commit::at_once);
  topics.lead_to(rooms.lobby());
  asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE);
  AsioServer server(context, listener, service, options, stop, [&](AsioSocket socket) {
    auto connection = std::make_shared<AsioConnection>(options, server.slow(), std::move(socket));
    connection->open(logged(service.open(topics, *connection), options.connection_log));
    server.enter(connection);
    asio::co_spawn(context, live(server, *connection), asio::detached);
  });
  context.run();
  return server.counts();
}

}  // namespace threadmill::servers
