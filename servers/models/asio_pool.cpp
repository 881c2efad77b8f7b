// Model `asio-pool`: N threads run one Boost.Asio io_context; each connection has a strand, so that no two of
// them serve it at the same time.
//
//   clients ──> [ io_context (epoll) ──> queue of what can run ] <── posts ──┐
//                                          │         │                       │
//                                       thread 1 ... thread N: a strand's next callback:
//                                                read ──> session ──> write, or post to subscribers' strands
//
// Who accepts: a callback, on a strand of its own. Who reads and writes: the connection's strand, on
// whichever thread is free. Shared: the queue of io_context (a lock), the table of topics (readers-writer
// lock), the chat rooms (a lock), and what each connection has been handed by others (its own lock). What
// wakes whom: the kernel wakes the thread that waits in epoll; a publisher posts to its subscribers' strands,
// which wakes further threads. Who publishes faster than those strands run rests until they have caught up.
//
// Choose it when: handlers take long enough to need several CPUs, and a program on Asio is to grow to them
// without being split into loops.
// Not when: handlers are short: the queue and its wake-ups cost more than they do; a loop per CPU shares
// less. How it fails: N long handlers at once hold up everybody. All threads meet at one queue, which is what
// limits it on many CPUs. A crash ends all of them. Source: Boost.Asio, "Strands: Use Threads Without
// Explicit Locking"; its example "HTTP Server 3".

#include <exception>
#include <thread>
#include <vector>

#include "servers/net/strand_connection.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

/// Runs `context` in so many threads, of which this is one. What one of them throws ends them all.
void run_in_threads(boost::asio::io_context& context, std::size_t count) {
  std::mutex mutex;
  std::exception_ptr failure;
  const auto attempt = [&](const auto& work) {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      context.stop();
    }
  };
  {
    std::vector<std::jthread> threads;
    attempt([&] {
      for (std::size_t i = 1; i < count; ++i) {
        threads.emplace_back([&] { attempt([&] { context.run(); }); });
      }
      context.run();
    });
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

ServeCounts serve_asio_pool(Listener& listener, const Service& service, const ServeOptions& options,
                            const StopToken& stop) {
  SharedByStrands shared{service, options};
  boost::asio::io_context context(static_cast<int>(options.workers));
  AsioServer server(context, listener, service, options, stop, [&](AsioSocket socket) {
    const auto connection = std::make_shared<StrandConnection>(context, server, shared, std::move(socket));
    server.enter(connection);
    connection->start();
  });
  run_in_threads(context, options.workers);
  return server.counts();
}

}  // namespace threadmill::servers
