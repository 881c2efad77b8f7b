// Model `thread-pool`: threads that stand ready accept by themselves, and each serves one client to its end.
//
//   listener <── one idle worker at a time: poll ──> accept (under the pool's lock)
//                that worker: wait for its client ──> read ──> session ──> write, until the client leaves
//                the other idle workers: asleep until it is their turn to accept
//   main thread: asleep; starts workers when fewer than --workers are idle, ends surplus ones
//   publishing: the publisher's thread writes to each subscriber in turn, under that subscriber's lock
//
// Who accepts: the workers, one at a time. Who reads: the client's worker. Who writes: the client's worker,
// and any publisher's. Shared: the listener and the number of idle workers (a lock), the table of topics
// (readers-writer lock), the chat rooms (a lock), each connection's outbox (its own lock). What wakes whom:
// the kernel wakes the accepting worker, which wakes the next in turn; it wakes the main thread when too few
// are left; a publisher that finds a socket full wakes that client's worker through an eventfd.
//
// Choose it when: clients come and go often and each needs blocking code: no thread is started on the way of
// a client, and a burst finds --workers threads ready.
// Not when: clients stay: then it is the model `thread`, with a supervisor besides.
// How it fails: a client that says nothing holds a thread for as long as it stays, and with --max-connections
// such clients the others are refused. A crash in one thread ends all of them.
// Source: W. R. Stevens, UNIX Network Programming vol. 1, 3rd ed., 30.11 ("TCP prethreaded server, per-thread
// accept"); Apache httpd's MinSpareThreads for the number.

#include <poll.h>

#include <array>
#include <condition_variable>
#include <memory>

#include "os/clock.h"
#include "servers/net/spare_workers.h"
#include "servers/net/stop_token.h"
#include "servers/net/thread_connection.h"
#include "servers/net/thread_group.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

class ThreadPool {
 public:
  ThreadPool(Listener& listener, const Service& service, const ServeOptions& options, const StopToken& stop)
      : listener_(listener),
        stop_(stop),
        shared_{service, options},
        spare_(options.workers, options.max_connections) {}

  ServeCounts serve() {
    supervise();
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      listener_.close();
    }
    turn_.notify_all();
    live_.shut_down_all(SHUT_RD);
    threads_.wait_until_none(shared_.options.drain);
    live_.shut_down_all(SHUT_RDWR);
    threads_.wait_until_none();
    return shared_.counts(listener_);
  }

 private:
  // ---- the main thread ----

  void supervise() {
    std::array<pollfd, 3> ready = {{{stop_.fd(), POLLIN, 0}, {wanted_.fd(), POLLIN, 0}, {-1, POLLIN, 0}}};
    std::int64_t look_at_ns = 0;
    while (ready[0].revents == 0) {
      const bool none_idle = !start_missing();
      ready[2].fd = none_idle ? listener_fd_ : -1;  // clients that no worker can take are refused here
      const int wait_ms = spare_.may_shrink(threads_.count()) ? kPeriodMs : -1;
      if (::poll(ready.data(), ready.size(), wait_ms) > 0 && ready[1].revents != 0) wanted_.acknowledge();
      if (none_idle && ready[2].revents != 0) refuse_waiting();
      if (wait_ms < 0 || os::monotonic_ns() < look_at_ns) continue;
      look_at_ns = os::monotonic_ns() + std::chrono::nanoseconds(SpareWorkers::kPeriod).count();
      end_surplus();
    }
  }

  /// False when nobody is idle even then.
  bool start_missing() {
    std::unique_lock lock(mutex_);
    for (auto missing = spare_.missing(idle_, live_workers_); missing > 0 && start_worker(); --missing) {
    }
    return idle_ > 0;
  }

  /// For callers that hold the lock: nobody may take a descriptor while the listener juggles its spare one.
  bool start_worker() {
    os::Descriptor wake;
    if (shared_.service.publishes()) wake.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (shared_.service.publishes() && !wake) return false;
    const auto shared_wake = std::make_shared<os::Descriptor>(std::move(wake));
    if (!threads_.start([this, shared_wake] { work(shared_wake->get()); })) return false;
    ++idle_;
    ++live_workers_;
    return true;
  }

  void refuse_waiting() {
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < kAcceptsPerTurn && idle_ == 0; ++i) {
      auto client = listener_.accept(0, shared_.service.refusal());
      if (!client) return;
      listener_.refuse(std::move(*client), shared_.service.refusal());
    }
  }

  void end_surplus() {
    const std::lock_guard lock(mutex_);
    const std::size_t surplus = spare_.surplus(idle_);
    ending_ += surplus;
    idle_ -= surplus;
    live_workers_ -= surplus;
    turn_.notify_all();
  }

  // ---- a worker ----

  void work(int wake) {
    while (auto client = next_client()) {
      ThreadConnection connection(shared_, std::move(*client), wake);
      live_.add(connection);
      connection.serve();
      live_.remove(connection);
      // Hung up first, so that who is counted as idle can take a client at once.
      connection.take_socket().reset();
      const std::lock_guard lock(mutex_);
      ++idle_;
    }
  }

  /// Waits for its turn, then for a client; nothing when the worker is to end. It counts as idle meanwhile.
  std::optional<os::Descriptor> next_client() {
    std::unique_lock lock(mutex_);
    while (true) {
      turn_.wait(lock, [&] { return stopped_ || ending_ > 0 || !accepting_; });
      if (stopped_ || ending_ > 0) break;
      accepting_ = true;
      lock.unlock();
      const bool stop_requested = wait_for_client();
      lock.lock();
      accepting_ = false;
      turn_.notify_one();
      if (stopped_ || stop_requested) break;
      auto client = listener_.accept(0, shared_.service.refusal());
      if (!client) continue;
      if (--idle_; idle_ == 0 || spare_.missing(idle_, live_workers_) > 0) wanted_.signal();
      return client;
    }
    if (ending_ > 0) --ending_;
    return std::nullopt;
  }

  bool wait_for_client() const {
    std::array<pollfd, 2> ready = {{{stop_.fd(), POLLIN, 0}, {listener_fd_, POLLIN, 0}}};
    ::poll(ready.data(), ready.size(), -1);
    return ready[0].revents != 0;
  }

  static constexpr int kPeriodMs = static_cast<int>(std::chrono::milliseconds(SpareWorkers::kPeriod).count());

  Listener& listener_;
  const int listener_fd_ = listener_.fd();
  const StopToken& stop_;
  SharedByThreads shared_;
  const WakeUp wanted_;  ///< the main thread is to look: fewer workers than asked for stand ready
  std::mutex mutex_;     ///< guards the listener and what follows
  std::condition_variable turn_;
  SpareWorkers spare_;
  std::size_t live_workers_ = 0;
  std::size_t idle_ = 0;    ///< of them: they serve nobody; those just started included
  std::size_t ending_ = 0;  ///< idle ones that are told to end, and count no more
  bool accepting_ = false;
  bool stopped_ = false;
  LiveConnections live_;
  ThreadGroup threads_;
};

}  // namespace

ServeCounts serve_thread_pool(Listener& listener, const Service& service, const ServeOptions& options,
                              const StopToken& stop) {
  return ThreadPool(listener, service, options, stop).serve();
}

}  // namespace threadmill::servers
