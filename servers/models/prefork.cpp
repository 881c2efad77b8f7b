// Model `prefork`: child processes that stand ready accept by themselves, and each serves one client to its
// end.
//
//   listener <── each idle child: epoll (EPOLLEXCLUSIVE wakes one) ──> accept
//                that child: wait for its client ──> read ──> session ──> write, until the client leaves
//   parent: starts children when fewer than --workers are idle, ends surplus ones, replaces those that died
//   scoreboard: a page that all share says who is idle and who is busy
//   publishing: child ──socket pair──> parent, the switchboard ──socket pairs──> each subscriber's child ──>
//   client
//
// Who accepts: the children; the parent only refuses clients for whom there is no child. Who reads and
// writes: the client's child. Shared: the listener, and the scoreboard with the counts; topics and chat rooms
// live in the parent and each publication crosses two socket pairs. What wakes whom: the kernel wakes one
// idle child for a new client; a child that leaves too few idle ones wakes the parent through an eventfd. A
// child keeps its socket pair from one client to the next: it leaves all that its client joined, and has
// taken in all that was meant for that client, before it counts as idle.
//
// Choose it when: handlers may crash, leak or block, and clients come and go often: no process is started on
// the way
//   of a client.
// Not when: clients stay, and are many: then it is the model `fork`, with a supervisor besides; or when
// clients talk
//   to each other, as the parent is on the way of everything they say.
// How it fails: a crash loses one client, and another child takes its place. A client that says nothing holds
// a
//   process for as long as it stays.
// Source: W. R. Stevens, UNIX Network Programming vol. 1, 3rd ed., 30.6 to 30.8 ("TCP preforked server");
// Apache
//   httpd's prefork and its scoreboard; EPOLLEXCLUSIVE of epoll_ctl(2).

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>

#include <array>
#include <unordered_map>

#include "servers/net/child_connection.h"
#include "servers/net/child_processes.h"
#include "servers/net/connection_log.h"
#include "servers/net/listener.h"
#include "servers/net/loop_ticks.h"
#include "servers/net/scoreboard.h"
#include "servers/net/spare_workers.h"
#include "servers/net/stop_by_signal.h"
#include "servers/net/stop_token.h"
#include "servers/net/switchboard.h"
#include "servers/net/wake_up.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

using State = Scoreboard::State;

/// What parent and children have.
struct PreforkCommon {
  Listener& listener;
  const Service& service;
  const ServeOptions& options;
  Scoreboard board{options.max_connections};
  WakeUp wanted{};  ///< the parent is to look: few stand ready
};

// ---- a child ----

class PreforkChild {
 public:
  PreforkChild(PreforkCommon& common, std::size_t place, int channel)
      : common_(common), board_(common.board), place_(place), channel_(channel) {}

  int run() {
    StopBySignal::take(common_.options.drain);
    const os::Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    event.events = EPOLLIN | EPOLLEXCLUSIVE;
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, common_.listener.fd(), &event) != 0) return 1;
    while (StopBySignal::wait_for_event(epoll.get()) && is_to_accept()) {
      auto client = accept();
      if (client && !serve(std::move(*client))) break;
    }
    return 0;
  }

 private:
  /// False when this child is surplus. The kernel may have woken it, and nobody else, for a client: that goes
  /// first.
  bool is_to_accept() {
    if (board_.change(place_, State::idle, State::busy)) return true;
    pollfd waiting{common_.listener.fd(), POLLIN, 0};
    if (::poll(&waiting, 1, 0) == 0) return false;
    board_.set(place_, State::busy);
    return true;
  }

  std::optional<os::Descriptor> accept() {
    Listener& listener = common_.listener;
    const auto refused_before = listener.refused();
    auto client = listener.accept(0, common_.service.refusal());
    board_.counts().refused += listener.refused() - refused_before;
    if (client) {
      ++board_.counts().accepted;
      if (board_.idle() < common_.options.workers) common_.wanted.signal();
    } else {
      board_.set(place_, State::idle);
    }
    return client;
  }

  /// False when this child is of no further use.
  bool serve(os::Descriptor client) {
    ConnectionLog* log = common_.options.connection_log;
    if (log != nullptr) log->opened();
    const auto served = serve_in_child(client.get(), channel_, common_.service, common_.options);
    if (served.was_slow) ++board_.counts().slow_disconnected;
    client.reset();  // first, so that a child that counts as idle can take the next at once
    if (log != nullptr) log->closed();
    board_.set(place_, served.channel_lost ? State::ending : State::idle);
    return !served.channel_lost;
  }

  PreforkCommon& common_;
  Scoreboard& board_;
  const std::size_t place_;
  const int channel_;
};

// ---- the parent ----

class PreforkServer {
 public:
  PreforkServer(Listener& listener, const Service& service, const ServeOptions& options)
      : common_{listener, service, options},
        board_(common_.board),
        switchboard_(service, options),
        loop_(switchboard_.loop()),
        children_(loop_, [this](pid_t child, int) { child_ended(child); }),
        spare_(options.workers, options.max_connections) {}

  ServeCounts serve(const StopToken& stop) {
    loop_.watch(common_.wanted.fd(), [this] {
      common_.wanted.acknowledge();
      look();
    });
    const os::Descriptor timer = watch_period(loop_, SpareWorkers::kPeriod, [this] {
      end_surplus();
      look();
    });
    look();
    loop_.run(
        stop, [this] { shut(); }, [this] { return children_.count() == 0; });
    children_.kill_all();
    ServeCounts counts = loop_.counts();
    board_.counts().add_to(counts);
    counts.accepted += common_.listener.accepted();
    counts.refused += common_.listener.refused();
    return counts;
  }

 private:
  /// Starts children where too few stand ready; where none does even then, clients are refused here.
  void look() {
    if (stopping_) return;
    for (auto missing = spare_.missing(board_.idle(), children_.count()); missing > 0 && start_child();
         --missing) {
    }
    const bool refuses = board_.idle() == 0;
    if (refuses == refuses_) return;
    refuses_ = refuses;
    if (refuses) {
      loop_.watch(common_.listener.fd(), [this] { refuse_waiting(); });
    } else {
      loop_.unwatch(common_.listener.fd());
    }
  }

  void refuse_waiting() {
    const auto refusal = common_.service.refusal();
    for (int i = 0; i < kAcceptsPerTurn && board_.idle() == 0; ++i) {
      auto client = common_.listener.accept(0, refusal);
      if (!client) break;
      common_.listener.refuse(std::move(*client), refusal);
    }
    look();
  }

  bool start_child() {
    auto channel = switchboard_.open_channel();
    if (!channel) return false;
    const std::size_t place = board_.take_place();
    const auto [listening, spare] = common_.listener.descriptors();
    const std::array kept = {listening, spare, common_.wanted.fd(), channel->theirs.get()};
    const auto run = [&] { return PreforkChild(common_, place, channel->theirs.get()).run(); };
    const pid_t child = children_.start(kept, run);
    if (child < 0) {
      board_.set(place, State::none);
      return false;
    }
    places_[child] = place;
    switchboard_.serve(std::move(channel->ours));
    return true;
  }

  void end_surplus() {
    std::size_t surplus = spare_.surplus(board_.idle());
    for (auto child = places_.begin(); surplus > 0 && child != places_.end(); ++child) {
      if (!board_.change(child->second, State::idle, State::ending)) continue;
      ::kill(child->first, StopBySignal::kLookAround);
      --surplus;
    }
  }

  void child_ended(pid_t child) {
    const auto found = places_.find(child);
    const State state = board_.state(found->second);
    board_.set(found->second, State::none);
    places_.erase(found);
    if (state == State::busy && common_.options.connection_log != nullptr)
      common_.options.connection_log->closed();
    wake_idle_child();  // the kernel may have woken this one, and nobody else, for a client
    // One that died while it served nobody may do so again at once: its successor waits for the timer.
    if (state != State::idle) look();
  }

  void wake_idle_child() {
    for (const auto& [child, place] : places_) {
      if (board_.state(place) != State::idle) continue;
      ::kill(child, StopBySignal::kLookAround);
      return;
    }
  }

  void shut() {
    stopping_ = true;
    if (refuses_) loop_.unwatch(common_.listener.fd());
    common_.listener.close();
    children_.signal_all(SIGTERM);
  }

  PreforkCommon common_;
  Scoreboard& board_;
  Switchboard switchboard_;
  EventLoop& loop_;
  ChildProcesses children_;
  SpareWorkers spare_;
  std::unordered_map<pid_t, std::size_t> places_;  ///< of the children that live
  bool refuses_ = false;
  bool stopping_ = false;
};

}  // namespace

ServeCounts serve_prefork(Listener& listener, const Service& service, const ServeOptions& options,
                          const StopToken& stop) {
  return PreforkServer(listener, service, options).serve(stop);
}

}  // namespace threadmill::servers
