// Model `process-loops`: a few processes, each an event loop with a listener of its own.
//
//   kernel: deals new clients out to the listeners (SO_REUSEPORT)
//   each worker: [ epoll_wait ──> accept | read ──> session ──> write ] one thread
//   parent: starts the workers, replaces those that died, forwards the stop request
//   publishing: session ──socket pair──> parent, the switchboard ──socket pairs──> subscribers' sessions
//
// Who accepts, reads and writes: the worker that the kernel gave the client to. Shared: the port, and a page
// with the numbers of clients and the counts; topics and chat rooms live in the parent. What wakes whom: the
// kernel wakes a worker, with up to 512 ready sockets at a time. Each chat client has a socket pair to the
// parent, whose other end its worker passes on when the client comes; a worker that asks the parent
// something, as where a message goes, waits for the answer and writes what comes for any of its clients
// meanwhile.
//
// Choose it when: there are more CPUs than one loop can use, clients have little to say to each other, and a
// crash may cost a part of the clients only; or where the language's runtime has one thread that matters.
// Not when: clients talk to each other: each publication crosses a socket pair for each subscriber, and while
// a worker asks the parent its other clients wait. Threads that share memory do that for less.
// How it fails: a crash loses the clients of one worker, and another one takes its place and its listener.
// The kernel deals clients out by their addresses, not by load, so one worker may be busy while others sleep.
// Source: nginx's worker processes; "The SO_REUSEPORT socket option", LWN 2013; socket(7).

#include <signal.h>

#include <array>
#include <memory>
#include <vector>

#include "os/clock.h"
#include "servers/net/child_processes.h"
#include "servers/net/connection_log.h"
#include "servers/net/descriptor_passing.h"
#include "servers/net/loop_ticks.h"
#include "servers/net/loop_worker.h"
#include "servers/net/stop_token.h"
#include "servers/net/switchboard.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

// A worker that lives no longer than that is replaced by the next tick of this period, not at once.
constexpr std::chrono::seconds kShortLife{1};
// How much longer than its workers the parent waits: they cut off what has not drained, and say so.
constexpr std::chrono::milliseconds kGrace{500};

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
    ServeCounts counts{.refused = refused_, .deliveries_dropped = loop_.counts().deliveries_dropped};
    common_.counts[0].add_to(counts);
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
      switchboard_.welcome(std::move(passed.descriptor));
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

  SharedByLoops common_;
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
