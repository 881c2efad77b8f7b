// Model `process-loops`: a few processes, each an event loop with a listener of its own.
//
//   kernel: deals new clients out to the listeners (SO_REUSEPORT)
//   each worker: [ epoll_wait ──> accept | read ──> session ──> write ] one thread
//   parent: starts the workers, replaces those that died, forwards the stop request
//   publishing: a client's session ──socket pair──> parent, the switchboard ──socket pairs──> sessions of
//   subscribers
//
// Who accepts, reads and writes: the worker that the kernel gave the client to. Shared: the port, and a page
// with the numbers of clients and the counts; topics and chat rooms live in the parent. What wakes whom: the
// kernel wakes a worker, with up to 512 ready sockets at a time. Each chat client has a socket pair to the
// parent, whose other end its worker passes on when the client comes; a worker that asks the parent
// something, as where a message goes, waits for the answer and writes what comes for any of its clients
// meanwhile.
//
// Choose it when: there are more CPUs than one loop can use, clients have little to say to each other, and a
// crash may
//   cost a part of the clients only; or where the language's runtime has one thread that matters.
// Not when: clients talk to each other: each publication crosses a socket pair for each subscriber, and while
// a worker
//   asks the parent its other clients wait. Threads that share memory do that for less.
// How it fails: a crash loses the clients of one worker, and another one takes its place and its listener.
// The kernel
//   deals clients out by their addresses, not by load, so one worker may be busy while others sleep.
// Source: nginx's worker processes; "The SO_REUSEPORT socket option", LWN 2013; socket(7).

#include <signal.h>

#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "os/clock.h"
#include "servers/core/local_fanout.h"
#include "servers/net/child_processes.h"
#include "servers/net/connection_log.h"
#include "servers/net/descriptor_passing.h"
#include "servers/net/listener.h"
#include "servers/net/logged_session.h"
#include "servers/net/loop_ticks.h"
#include "servers/net/scoreboard.h"
#include "servers/net/stop_token.h"
#include "servers/net/switchboard.h"
#include "servers/net/switchboard_channels.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

// A worker that lives no longer than that is replaced by the next tick of this period, not at once.
constexpr std::chrono::seconds kShortLife{1};
// How much longer than its workers the parent waits: they cut off what has not drained, and say so.
constexpr std::chrono::milliseconds kGrace{500};

/// What parent and workers have.
struct LoopsCommon {
  const Service& service;
  const ServeOptions& options;
  SharedArray<std::atomic<std::size_t>> clients;  ///< of each worker
  SharedArray<SharedCounts> counts{1};

  bool has_room() const {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < clients.size(); ++i) sum += clients[i];
    return sum <= options.max_connections;
  }
};

// ---- a worker ----

class LoopWorker {
 public:
  LoopWorker(LoopsCommon& common, std::size_t place, Listener& listener, int control)
      : common_(common),
        clients_(common.clients[place]),
        listener_(listener),
        accepted_before_(listener.accepted()),
        refused_before_(listener.refused()),
        loop_(common.options),
        channels_(loop_, control) {}

  int run() {
    const StopToken stop;
    loop_.watch(listener_.fd(), [this] { accept_waiting(); });
    loop_.after_close([this] { --clients_; });
    const auto on_stop = [this] {
      loop_.unwatch(listener_.fd());
      listener_.close();
      loop_.end_input();
    };
    loop_.run(stop, on_stop, [] { return true; });
    SharedCounts& counts = common_.counts[0];
    counts.slow_disconnected += loop_.counts().slow_disconnected;
    counts.deliveries_dropped += loop_.counts().deliveries_dropped;
    return 0;
  }

 private:
  void accept_waiting() {
    const auto refusal = common_.service.refusal();
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener_.accept(SOCK_NONBLOCK, refusal);
      if (!client) break;
      ++clients_;
      if (common_.has_room() && adopt(*client)) continue;
      --clients_;
      listener_.refuse(std::move(*client), refusal);
    }
    SharedCounts& counts = common_.counts[0];
    counts.accepted += listener_.accepted() - std::exchange(accepted_before_, listener_.accepted());
    counts.refused += listener_.refused() - std::exchange(refused_before_, listener_.refused());
  }

  bool adopt(os::Descriptor& client) {
    const bool publishes = common_.service.publishes();
    os::Descriptor channel = publishes ? channels_.connect() : os::Descriptor();
    if (publishes && !channel) return false;
    return loop_.adopt(client, [&, fd = client.get()](Member& self) {
      auto session = publishes ? channels_.open(std::move(channel), common_.service, self, fd)
                               : common_.service.open(nobody_, self);
      return logged(std::move(session), common_.options.connection_log);
    });
  }

  LoopsCommon& common_;
  std::atomic<std::size_t>& clients_;
  Listener& listener_;
  std::uint64_t accepted_before_;
  std::uint64_t refused_before_;
  LocalFanout nobody_;
  EventLoop loop_;
  SwitchboardChannels channels_;
};

// ---- the parent ----

class LoopsParent {
 public:
  LoopsParent(Listener& listener, const Service& service, const ServeOptions& options)
      : common_{service, options, SharedArray<std::atomic<std::size_t>>(options.workers)},
        patient_(options),
        switchboard_(service, patient_),
        loop_(switchboard_.loop()),
        processes_(loop_, [this](pid_t child, int) { worker_ended(child); }),
        workers_(options.workers) {
    patient_.drain += kGrace;
    for (auto& worker : workers_) {
      const bool first = &worker == &workers_.front();
      if (!first) worker.own_listener = std::make_unique<Listener>(listener.share_address(options.backlog));
      worker.listener = first ? &listener : worker.own_listener.get();
    }
  }

  ServeCounts serve(const StopToken& stop) {
    start_missing();
    const os::Descriptor timer = watch_period(loop_, kShortLife, [this] { start_missing(); });
    loop_.run(
        stop, [this] { shut(); }, [this] { return processes_.count() == 0; });
    processes_.kill_all();
    ServeCounts counts = loop_.counts();
    common_.counts[0].add_to(counts);
    counts.refused += refused_;
    return counts;
  }

 private:
  struct Worker {
    Listener* listener =
        nullptr;  ///< held here too, so that who waits in its queue is not lost with a worker
    std::unique_ptr<Listener> own_listener;
    os::Descriptor control;
    pid_t process = -1;
    std::int64_t started_ns = 0;
  };

  void start_missing() {
    for (std::size_t place = 0; place < workers_.size() && !stopping_; ++place) {
      if (workers_[place].process < 0) start(place);
    }
  }

  void start(std::size_t place) {
    Worker& worker = workers_[place];
    auto control = open_message_pair();
    if (!control.ours) return;
    const auto [listening, spare] = worker.listener->descriptors();
    const std::array kept = {listening, spare, control.theirs.get()};
    worker.process = processes_.start(
        kept, [&] { return LoopWorker(common_, place, *worker.listener, control.theirs.get()).run(); });
    if (worker.process < 0) return;
    worker.started_ns = os::monotonic_ns();
    worker.control = std::move(control.ours);
    loop_.watch(worker.control.get(), [this, &worker] { take_channels(worker.control.get()); });
  }

  void take_channels(int control) {
    if (control < 0) return;  // its worker ended in this turn of the loop
    auto passed = take_descriptor(control);
    for (; passed.came; passed = take_descriptor(control)) {
      if (!passed.descriptor) ++refused_;  // no room for it here; its client is told so by the worker
      switchboard_.serve(std::move(passed.descriptor));
    }
    if (passed.ended) loop_.unwatch(control);
  }

  void worker_ended(pid_t child) {
    for (std::size_t place = 0; place < workers_.size(); ++place) {
      Worker& worker = workers_[place];
      if (worker.process != child) continue;
      worker.process = -1;
      loop_.unwatch(worker.control.get());
      worker.control.reset();
      forget_clients(common_.clients[place]);
      const auto life = std::chrono::nanoseconds(os::monotonic_ns() - worker.started_ns);
      if (!stopping_ && life >= kShortLife) start(place);
    }
  }

  void forget_clients(std::atomic<std::size_t>& clients) {
    for (ConnectionLog* log = common_.options.connection_log; log != nullptr && clients > 0; --clients)
      log->closed();
    clients = 0;
  }

  void shut() {
    stopping_ = true;
    for (auto& worker : workers_) worker.listener->close();
    processes_.signal_all(SIGTERM);
  }

  LoopsCommon common_;
  ServeOptions patient_;
  Switchboard switchboard_;
  EventLoop& loop_;
  ChildProcesses processes_;
  std::vector<Worker> workers_;
  std::uint64_t refused_ = 0;
  bool stopping_ = false;
};

}  // namespace

ServeCounts serve_process_loops(Listener& listener, const Service& service, const ServeOptions& options,
                                const StopToken& stop) {
  return LoopsParent(listener, service, options).serve(stop);
}

}  // namespace threadmill::servers
