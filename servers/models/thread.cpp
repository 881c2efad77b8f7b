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
// How it fails: a handler that hangs holds up its own client, unless it holds a lock; one that crashes takes
// every client with it. Where no more threads are to be had, new clients are refused.
// Source: 004_0c5da8abbe5d441c (thread per client, one lock); Stevens, Unix Network Programming, chapter 30.

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <list>

#include "servers/core/batch_fanout.h"
#include "servers/core/locked_fanout.h"
#include "servers/core/service.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/blocking_connection.h"
#include "servers/net/connection_log.h"
#include "servers/net/listener.h"
#include "servers/net/socket_io.h"
#include "servers/net/stop_token.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

// Enough for the read buffer and the session; the default of 8 MiB would only cost address space.
constexpr std::size_t kStackBytes = 512 << 10;

struct Unlock {
  explicit Unlock(std::mutex& m) : mutex(m) { mutex.unlock(); }
  ~Unlock() { mutex.lock(); }
  std::mutex& mutex;
};

/// Lets go of a connection's lock while its session uses the shared table: a publisher that holds the table
/// waits for this lock, so holding both would be a deadlock.
class UnlockedFanout : public Fanout {
 public:
  UnlockedFanout(Fanout& shared, std::mutex& mutex) : shared_(shared), mutex_(mutex) {}
  void join(std::string_view topic, Member& member) override {
    const Unlock unlock(mutex_);
    shared_.join(topic, member);
  }
  void leave(std::string_view topic, Member& member) override {
    const Unlock unlock(mutex_);
    shared_.leave(topic, member);
  }
  std::size_t publish(std::string_view topic, Publication publication) override {
    const Unlock unlock(mutex_);
    return shared_.publish(topic, std::move(publication));
  }
  std::size_t member_count(std::string_view topic) override {
    const Unlock unlock(mutex_);
    return shared_.member_count(topic);
  }
  std::vector<std::string> topics() override {
    const Unlock unlock(mutex_);
    return shared_.topics();
  }

 private:
  Fanout& shared_;
  std::mutex& mutex_;
};

/// What all threads share.
struct Shared {
  const Service& service;
  const ServeOptions& options;
  LockedFanout topics;
  std::atomic<std::uint64_t> slow_disconnected{0};
  std::atomic<std::uint64_t> deliveries_dropped{0};
  std::mutex rooms_mutex{};  ///< taken with no connection's lock held: it delivers under it
  KeptLobby rooms{options, topics, Commit::at_once};
};

/// The lobby, as one connection's thread reaches it: locked, and letting go of the connection's lock
/// meanwhile.
class UnlockedRooms : public Rooms {
 public:
  UnlockedRooms(Shared& shared, std::mutex& mutex, BatchFanout& batching)
      : shared_(shared), mutex_(mutex), batching_(batching) {}
  std::string run(Member& member, std::span<const std::string_view> words) override {
    batching_.flush();  // what was published before goes ahead
    const Unlock unlock(mutex_);
    const std::lock_guard lock(shared_.rooms_mutex);
    return shared_.rooms.lobby().run(member, words);
  }
  void leave(Member& member, Departure how) override {
    const Unlock unlock(mutex_);
    const std::lock_guard lock(shared_.rooms_mutex);
    shared_.rooms.lobby().leave(member, how);
  }

 private:
  Shared& shared_;
  std::mutex& mutex_;
  BatchFanout& batching_;
};

class ThreadConnection : public Member, private PublicationSource {
 public:
  /// `wake` is an eventfd, needed where the service publishes.
  ThreadConnection(Shared& shared, os::Descriptor socket, os::Descriptor wake)
      : shared_(shared),
        socket_(std::move(socket)),
        wake_(std::move(wake)),
        outbox_(shared.options.outbox_bytes) {}

  /// Gives the socket back, if no thread could be had for it.
  os::Descriptor take_socket() { return std::move(socket_); }

  /// Serves until the client ends. Called by the connection's thread.
  void serve() {
    if (shared_.service.publishes()) {
      serve_publications();
    } else {
      const auto session = shared_.service.open(shared_.topics, *this);
      serve_requests(socket_.get(), *session, outbox_);
      if (outbox_.overflowed()) ++shared_.slow_disconnected;
    }
  }

  /// As if the client had stopped sending (SHUT_RD), or was gone (SHUT_RDWR). Any thread.
  void shut_down(int how) { ::shutdown(socket_.get(), how); }

  const ServeOptions& options() const { return shared_.options; }

  /// Called by publishers' threads.
  void deliver(const SharedPublication& publication) override {
    const std::lock_guard lock(mutex_);
    if (given_up_) return;
    if (outbox_.empty() && outbox_.takes(publication->bytes.size())) {
      if (write_through(socket_.get(), publication, outbox_) == IoStatus::would_block) wake();
      return;
    }
    const bool owner_will_write = !outbox_.empty();
    if (!outbox_.push(publication)) return too_slow(publication->messages);
    if (owner_will_write) return;
    if (write_waiting(socket_.get(), outbox_, MSG_DONTWAIT) == IoStatus::would_block) wake();
  }

 private:
  void serve_publications() {
    UnlockedFanout unlocked(shared_.topics, mutex_);
    BatchFanout batching(unlocked, batch_limit_bytes(shared_.options));
    const bool batches = shared_.options.flush.kind == FlushKind::tick;
    const auto flush = [&] {
      const std::lock_guard lock(mutex_);
      batching.flush();
    };
    Fanout& fanout = batches ? static_cast<Fanout&>(batching) : unlocked;
    UnlockedRooms rooms(shared_, mutex_, batching);
    fanout.lead_to(rooms);
    auto session = shared_.service.open(fanout, *this);
    serve_with_publications(
        {socket_.get(), *session, outbox_, mutex_, *this, batches ? flush : std::function<void()>()});
    const std::lock_guard lock(mutex_);  // leaving uses the table through UnlockedFanout
    if (outbox_.overflowed()) ++shared_.slow_disconnected;
    given_up_ = true;
    session.reset();
  }

  void too_slow(std::size_t messages) {
    if (shared_.options.slow_consumer == SlowConsumer::drop) {
      shared_.deliveries_dropped += messages;
      return;
    }
    ++shared_.slow_disconnected;
    given_up_ = true;
    shut_down(SHUT_RDWR);  // its thread finds the end of the connection, and leaves
  }

  void wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }

  int fd() const override { return wake_.get(); }
  bool on_readable() override {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
    return true;
  }

  Shared& shared_;
  os::Descriptor socket_;
  os::Descriptor wake_;
  std::mutex mutex_;  ///< guards what follows
  Outbox outbox_;
  bool given_up_ = false;
};

/// The threads that live. A thread takes itself off the list as the last thing it does.
class Threads {
 public:
  /// Serves `socket` in a thread of its own. False, and the socket stays, when the system has no more threads
  /// or descriptors to give.
  bool start(Shared& shared, os::Descriptor& socket) {
    // Made here, because only the accepting thread may take descriptors while the listener juggles its spare
    // one.
    os::Descriptor wake;
    if (shared.service.publishes()) {
      wake.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
      if (!wake) return false;
    }
    const std::lock_guard lock(mutex_);
    auto& entry = live_.emplace_back(*this, shared, std::move(socket), std::move(wake));
    entry.place = std::prev(live_.end());
    if (create_thread(entry)) {
      if (shared.options.connection_log != nullptr) shared.options.connection_log->opened();
      return true;
    }
    socket = entry.connection.take_socket();
    live_.pop_back();
    return false;
  }

  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return live_.size();
  }

  void shut_down_all(int how) {
    const std::lock_guard lock(mutex_);
    for (auto& entry : live_) entry.connection.shut_down(how);
  }

  void wait_until_none(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    none_left_.wait_for(lock, limit, [&] { return live_.empty(); });
  }

  void wait_until_none() {
    std::unique_lock lock(mutex_);
    none_left_.wait(lock, [&] { return live_.empty(); });
  }

 private:
  struct Entry {
    Entry(Threads& o, Shared& shared, os::Descriptor socket, os::Descriptor wake)
        : owner(o), connection(shared, std::move(socket), std::move(wake)) {}
    Threads& owner;
    ThreadConnection connection;
    std::list<Entry>::iterator place;
  };

  static bool create_thread(Entry& entry) {
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, kStackBytes);
    ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread{};
    const int error = ::pthread_create(&thread, &attributes, &Threads::run, &entry);
    ::pthread_attr_destroy(&attributes);
    return error == 0;
  }

  static void* run(void* argument) {
    auto& entry = *static_cast<Entry*>(argument);
    Threads& owner = entry.owner;
    entry.connection.serve();
    const ServeOptions& options = entry.connection.options();
    const std::lock_guard lock(owner.mutex_);
    owner.live_.erase(entry.place);
    if (options.connection_log != nullptr) options.connection_log->closed();
    if (owner.live_.empty()) owner.none_left_.notify_all();
    return nullptr;
  }

  std::mutex mutex_;
  std::condition_variable none_left_;
  std::list<Entry> live_;
};

void accept_waiting(Listener& listener, Shared& shared, Threads& threads) {
  const auto refusal = shared.service.refusal();
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    auto client = listener.accept(0, refusal);
    if (!client) return;
    const bool room = threads.count() < shared.options.max_connections;
    if (!room || !threads.start(shared, *client)) listener.refuse(std::move(*client), refusal);
  }
}

}  // namespace

ServeCounts serve_thread(Listener& listener, const Service& service, const ServeOptions& options,
                         const StopToken& stop) {
  Shared shared{service, options, {}, {}, {}};
  Threads threads;
  std::array<pollfd, 2> ready = {{{stop.fd(), POLLIN, 0}, {listener.fd(), POLLIN, 0}}};
  while (ready[0].revents == 0) {
    if (::poll(ready.data(), ready.size(), -1) > 0 && ready[1].revents != 0)
      accept_waiting(listener, shared, threads);
  }
  listener.close();
  threads.shut_down_all(SHUT_RD);
  threads.wait_until_none(options.drain);
  threads.shut_down_all(SHUT_RDWR);
  threads.wait_until_none();
  return {listener.accepted(), listener.refused(), shared.slow_disconnected, shared.deliveries_dropped};
}

}  // namespace threadmill::servers
