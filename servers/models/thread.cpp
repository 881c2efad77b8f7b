// Model `thread`: a thread for each client.
//
//   main thread: poll ──> accept ──> start a thread
//   a client's thread: wait for its socket ──> read ──> session ──> write
//   publishing: the publisher's thread writes to each subscriber in turn, under that subscriber's lock
//
// Who accepts: the main thread. Who reads: the client's thread. Who writes: the client's thread, and any
// publisher's. Shared: the table of topics (readers-writer lock), the chat rooms (a lock), each connection's
// outbox (its own lock). What wakes whom: the kernel wakes a thread for its socket; a publisher that finds a
// socket full wakes its thread through an eventfd, so that nobody waits for a slow subscriber.
//
// Choose it when: handlers block or compute, and there are hundreds of clients, not many thousands: each is
// written as if it were alone, the kernel shares the CPUs out between them, and several CPUs are used.
// Not when: most of very many connections are idle, as each keeps a stack; when requests are tiny, as each
// costs a switch between threads; or when all share much, as they wait for each other's locks.
// How it fails: a handler that hangs holds up its own client, and in a chat whoever has something to deliver
// to that client, because it holds the lock of its connection; one that crashes takes every client with it.
// Where no more threads are to be had, new clients are refused.
// Source: 004_0c5da8abbe5d441c (thread per client, one lock); Stevens, Unix Network Programming, chapter 30.

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <memory>

#include "servers/net/stop_token.h"
#include "servers/net/thread_connection.h"
#include "servers/net/thread_group.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

class ThreadServer {
 public:
  ThreadServer(Listener& listener, const Service& service, const ServeOptions& options)
      : listener_(listener), shared_{service, options} {}

  ServeCounts serve(const StopToken& stop) {
    std::array<pollfd, 2> ready = {{{stop.fd(), POLLIN, 0}, {listener_.fd(), POLLIN, 0}}};
    while (ready[0].revents == 0) {
      if (::poll(ready.data(), ready.size(), -1) > 0 && ready[1].revents != 0) accept_waiting();
    }
    listener_.close();
    live_.shut_down_all(SHUT_RD);
    threads_.wait_until_none(shared_.options.drain);
    live_.shut_down_all(SHUT_RDWR);
    threads_.wait_until_none();
    return shared_.counts(listener_);
  }

 private:
  struct Client {
    Client(SharedByThreads& shared, os::Descriptor socket, os::Descriptor event)
        : wake(std::move(event)), connection(shared, std::move(socket), wake.get()) {}
    os::Descriptor wake;
    ThreadConnection connection;
  };

  void accept_waiting() {
    const auto refusal = shared_.service.refusal();
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener_.accept(0, refusal);
      if (!client) return;
      const bool room = threads_.count() < shared_.options.max_connections;
      if (!room || !start(*client)) listener_.refuse(std::move(*client), refusal);
    }
  }

  /// Serves `socket` in a thread of its own. False, and the socket stays, when the system has no more threads
  /// or descriptors to give.
  bool start(os::Descriptor& socket) {
    // Made here, because only the accepting thread may take descriptors while the listener juggles its spare
    // one.
    os::Descriptor wake;
    if (shared_.service.publishes()) {
      wake.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
      if (!wake) return false;
    }
    auto client = std::make_unique<Client>(shared_, std::move(socket), std::move(wake));
    live_.add(client->connection);
    if (threads_.start([this, theirs = client.get()] { serve(std::unique_ptr<Client>(theirs)); })) {
      [[maybe_unused]] const auto* owned_by_the_thread = client.release();
      return true;
    }
    live_.remove(client->connection);
    socket = client->connection.take_socket();
    return false;
  }

  void serve(std::unique_ptr<Client> client) {
    client->connection.serve();
    live_.remove(client->connection);
  }

  Listener& listener_;
  SharedByThreads shared_;
  LiveConnections live_;
  ThreadGroup threads_;
};

}  // namespace

ServeCounts serve_thread(Listener& listener, const Service& service, const ServeOptions& options,
                         const StopToken& stop) {
  return ThreadServer(listener, service, options).serve(stop);
}

}  // namespace threadmill::servers
