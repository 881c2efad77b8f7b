// Model `reactor-pool`: one loop reads and writes, a pool of threads runs what the clients ask for.
//
//   loop:   [ epoll_wait ──> accept | read ──> queue ] ... [ inbox ──> write ] one thread
//   worker: queue ──> session ──> outbox of the connection, and of each subscriber ──> inbox of the loop
//
// Who accepts, reads and writes: the loop (a worker writes where an outbox is full and the loop has not come
// to it yet). Who runs handlers: the workers. Shared: the queue (bounded, a lock), the inbox (a lock), the
// table of topics (readers-writer lock), the chat rooms (a lock), each connection's outbox (its own lock).
// What wakes whom: the kernel wakes the loop; the loop wakes a worker for what it has read; a worker wakes
// the loop through an eventfd when there is something to write. A connection is not read while its handler
// runs, so one worker at a time has it and its requests stay in order; while the queue is full nobody is
// read. The reply goes back to the loop, which is the classical way of the two: the half that does not block
// does all input and output.
//
// Choose it when: some requests take long, on a CPU or waiting for a disk or a database, and the others must
// not wait for them; handlers may be written as if nothing else happened.
// Not when: handlers are short: each request crosses two queues and wakes two threads, which costs more than
// they do.
// How it fails: as many long requests as there are workers hold up all others, while the loop goes on reading
// until the queue is full. In a chat, whoever has something to deliver to a client waits for that client's
// handler, which holds the lock of its connection. A crash ends all of them.
// Source: D. Schmidt et al., Pattern-Oriented Software Architecture vol. 2 (2000), "Half-Sync/Half-Async"; D.
// Lea, Scalable IO in Java, "Worker Thread Pools".

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "os/clock.h"
#include "servers/net/connection_log.h"
#include "servers/net/pooled_connection.h"
#include "servers/net/socket_io.h"
#include "servers/net/stop_token.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

constexpr std::size_t kMostWaitingRequests = 1024;
constexpr std::size_t kEventsPerWait = 512;

class ReactorWithPool {
 public:
  ReactorWithPool(Listener& listener, const Service& service, const ServeOptions& options,
                  const StopToken& stop)
      : listener_(listener),
        stop_(stop),
        shared_{service, options},
        buffer_(kReadBytes),
        pool_(options.workers, kMostWaitingRequests) {
    if (!epoll_) os::throw_errno("epoll_create1");
    watch(listener_.fd(), &listener_);
    watch(stop_.fd(), &stop_mark_);
    watch(inbox_.fd(), &inbox_);
  }

  ServeCounts serve() {
    while (!stopping_) turn(-1);
    listener_.close();
    shut_down_all(SHUT_RD);
    const std::int64_t deadline_ns =
        os::monotonic_ns() + std::chrono::nanoseconds(shared_.options.drain).count();
    while (!connections_.empty() && os::monotonic_ns() < deadline_ns) {
      turn(static_cast<int>((deadline_ns - os::monotonic_ns()) / 1'000'000 + 1));
    }
    shut_down_all(SHUT_RDWR);
    while (!connections_.empty()) turn(-1);
    return shared_.counts(listener_);
  }

 private:
  void turn(int wait_ms) {
    std::array<epoll_event, kEventsPerWait> events;
    const int ready = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms);
    bool has_mail = false;
    for (int i = 0; i < ready; ++i) {
      void* const source = events[static_cast<std::size_t>(i)].data.ptr;
      if (source == &listener_) {
        accept_waiting();
      } else if (source == &inbox_) {
        has_mail = true;  // last, because connections end there, of which an event may tell
      } else if (source == &stop_mark_) {
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, stop_.fd(), nullptr);
        stopping_ = true;
      } else {
        auto* const connection = static_cast<PooledConnection*>(source);
        if (!connection->on_event(buffer_)) unread_.push_back(connection);
      }
    }
    if (has_mail) read_mail();
  }

  void read_mail() {
    for (PooledConnection* connection : inbox_.take()) {
      if (!connection->on_post()) forget(connection);
    }
    // In turn, until the queue is full again.
    const auto taken = std::find_if(unread_.begin(), unread_.end(), [this](PooledConnection* connection) {
      return !connection->retry(buffer_);
    });
    unread_.erase(unread_.begin(), taken);
  }

  void accept_waiting() {
    const auto refusal = shared_.service.refusal();
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener_.accept(SOCK_NONBLOCK, refusal);
      if (!client) return;
      const bool room = connections_.size() < shared_.options.max_connections;
      if (!room || !adopt(*client)) listener_.refuse(std::move(*client), refusal);
    }
  }

  bool adopt(os::Descriptor& client) {
    auto connection =
        std::make_unique<PooledConnection>(shared_, std::move(client), epoll_.get(), pool_, inbox_);
    if (!connection->watch()) {
      client = connection->take_socket();
      return false;
    }
    if (shared_.options.connection_log != nullptr) shared_.options.connection_log->opened();
    auto* const key = connection.get();
    connections_[key] = std::move(connection);
    return true;
  }

  void forget(PooledConnection* connection) {
    std::erase(unread_, connection);
    connections_.erase(connection);
    if (shared_.options.connection_log != nullptr) shared_.options.connection_log->closed();
  }

  void shut_down_all(int how) {
    for (const auto& [key, connection] : connections_) connection->shut_down(how);
  }

  void watch(int fd, void* source) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = source;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) os::throw_errno("epoll_ctl");
  }

  Listener& listener_;
  const StopToken& stop_;
  SharedByThreads shared_;
  const os::Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  std::vector<char> buffer_;
  LoopInbox inbox_;
  std::unordered_map<PooledConnection*, std::unique_ptr<PooledConnection>> connections_;
  std::vector<PooledConnection*> unread_;  ///< readable, but the queue was full
  char stop_mark_ = 0;                     ///< its address stands for a stop request
  bool stopping_ = false;
  HandlerPool pool_;  // last, so that no worker runs when the rest goes
};

}  // namespace

ServeCounts serve_reactor_pool(Listener& listener, const Service& service, const ServeOptions& options,
                               const StopToken& stop) {
  return ReactorWithPool(listener, service, options, stop).serve();
}

}  // namespace threadmill::servers
