// Model `leader-follower`: a few threads take turns at waiting for all clients.
//
//   leader:    epoll_wait, for one event ──> lets a follower lead ──> handles the event by itself
//   handling:  accept | read ──> session ──> write, then the connection is watched again (EPOLLONESHOT)
//   followers: asleep until they lead
//   publishing: the publisher's thread writes to each subscriber in turn, under that subscriber's lock
//
// Who accepts, reads and writes: the thread that was the leader when the event came; and publishers' threads
// write to subscribers. Shared: the set of watched sockets, the listener (one accepts at a time), the table
// of topics (readers-writer lock), the chat rooms (a lock), each connection's outbox (its own lock). What
// wakes whom: the kernel wakes the leader; the leader wakes one follower by letting go of the lock that makes
// it the leader. An event is never handed from one thread to another: no queue, and no copy. A connection
// whose event is being handled is not watched, so one thread at a time runs its session and its requests stay
// in order.
//
// Choose it when: handlers take unequal times, or block now and then, and clients are too many for a thread
// each.
// Not when: handlers are short: passing the lead on then costs as much as the work, and one loop does it
// without.
// How it fails: when all threads are in long handlers nobody waits, and everybody does. A crash ends all of
// them.
// Source: D. Schmidt et al., Pattern-Oriented Software Architecture vol. 2 (2000), "Leader/Followers".

#include <poll.h>
#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <vector>

#include "servers/net/shared_poll_connection.h"
#include "servers/net/stop_token.h"
#include "servers/net/thread_group.h"
#include "servers/net/wake_up.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

class Leadership {
 public:
  Leadership(Listener& listener, const Service& service, const ServeOptions& options)
      : listener_(listener), shared_{service, options} {
    if (!epoll_) os::throw_errno("epoll_create1");
    watch(EPOLL_CTL_ADD, listener_.fd(), EPOLLIN | EPOLLONESHOT, &listener_);
    watch(EPOLL_CTL_ADD, end_.fd(), EPOLLIN, &end_);
  }

  ServeCounts serve(const StopToken& stop) {
    for (std::size_t i = 0; i < shared_.options.workers && threads_.start([this] { work(); }); ++i) {
    }
    if (threads_.count() == 0) throw std::runtime_error("the system has no thread to give");
    pollfd stopping{stop.fd(), POLLIN, 0};
    while (::poll(&stopping, 1, -1) <= 0) {
    }
    {
      const std::lock_guard lock(accepting_);
      listener_.close();
    }
    live_.shut_down_all(SHUT_RD);
    live_.wait_until_none(shared_.options.drain);
    live_.shut_down_all(SHUT_RDWR);
    live_.wait_until_none();
    end_.signal();
    threads_.wait_until_none();
    return shared_.counts(listener_);
  }

 private:
  /// One thread, until the end.
  void work() {
    std::array<char, kReadBytes> buffer;
    std::vector<std::unique_ptr<SharedPollConnection>> gone;
    while (true) {
      SharedPollConnection* connection = nullptr;
      {
        const std::lock_guard leading(lead_);
        gone.clear();  // here, because a former leader may have been told of it, but has looked at it by now
        void* const source = wait_for_event();
        if (source == &end_) return;
        if (source != nullptr && source != &listener_) {
          connection = static_cast<SharedPollConnection*>(source);
          if (!connection->begin()) continue;
        } else if (source == nullptr) {
          continue;
        }
      }
      if (connection == nullptr) {
        accept_waiting();
      } else if (!connection->handle(buffer)) {
        live_.remove(*connection);
        connection->hang_up();
        gone.emplace_back(connection);
      }
    }
  }

  /// What is ready: a connection, &listener_ or &end_; null when nothing is.
  void* wait_for_event() const {
    epoll_event event{};
    return ::epoll_wait(epoll_.get(), &event, 1, -1) == 1 ? event.data.ptr : nullptr;
  }

  void accept_waiting() {
    const std::lock_guard lock(accepting_);
    const auto refusal = shared_.service.refusal();
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener_.accept(SOCK_NONBLOCK, refusal);
      if (!client) break;
      const bool room = live_.count() < shared_.options.max_connections;
      if (!room || !adopt(*client)) listener_.refuse(std::move(*client), refusal);
    }
    watch(EPOLL_CTL_MOD, listener_.fd(), EPOLLIN | EPOLLONESHOT,
          &listener_);  // fails when it has been closed
  }

  bool adopt(os::Descriptor& client) {
    auto connection = std::make_unique<SharedPollConnection>(shared_, std::move(client), epoll_.get());
    live_.add(*connection);
    // From watch() on another thread may serve it, to its end.
    SharedPollConnection* const theirs = connection.release();
    if (theirs->watch()) return true;
    connection.reset(theirs);
    live_.remove(*connection);
    client = connection->take_socket();
    return false;
  }

  void watch(int operation, int fd, std::uint32_t events, void* source) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = source;
    ::epoll_ctl(epoll_.get(), operation, fd, &event);
  }

  Listener& listener_;
  SharedByThreads shared_;
  const os::Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  WakeUp end_;            ///< the threads are to end
  std::mutex lead_;       ///< who holds it leads
  std::mutex accepting_;  ///< guards the listener
  LiveConnections live_;
  ThreadGroup threads_;
};

}  // namespace

ServeCounts serve_leader_follower(Listener& listener, const Service& service, const ServeOptions& options,
                                  const StopToken& stop) {
  return Leadership(listener, service, options).serve(stop);
}

}  // namespace threadmill::servers
