// Model `prefork`: child processes that stand ready accept by themselves, and each serves one client to its
// end.
//
//   listener <── each idle child: epoll (EPOLLEXCLUSIVE wakes one) ──> accept
//                that child: wait for its client ──> read ──> session ──> write, until the client leaves
//   parent: starts children when fewer than --workers are idle, ends surplus ones, replaces those that died
//   scoreboard: a page that all share says who is idle and who is busy
//   publishing: child ──socket pair──> parent, the switchboard ──socket pairs──> subscribers' children
//
// Who accepts: the children; the parent only refuses clients for whom there is no child. Who reads and
// writes: the client's child. Shared: the listener, and the scoreboard with the counts; topics and chat rooms
// live in the parent and each publication crosses two socket pairs. What wakes whom: the kernel wakes one
// idle child for a new client; a child that leaves too few idle ones wakes the parent through an eventfd. A
// child keeps its socket pair from one client to the next: it leaves all that its client joined, and has
// taken in all that was meant for that client, before it counts as idle.
//
// Choose it when: handlers may crash, leak or block, and clients come and go often: no process is started on
// the way of a client.
// Not when: clients stay, and are many: then it is the model `fork`, with a supervisor besides; or when
// clients talk to each other, as the parent is on the way of everything they say.
// How it fails: a crash loses one client, and another child takes its place. A client that says nothing holds
// a process for as long as it stays.
// Source: W. R. Stevens, UNIX Network Programming vol. 1, 3rd ed., 30.6 to 30.8 ("TCP preforked server");
// Apache httpd's prefork and its scoreboard; EPOLLEXCLUSIVE of epoll_ctl(2).

#include <signal.h>

#include <array>
#include <unordered_map>
#include <utility>

#include "servers/net/accepting_child.h"
#include "servers/net/child_processes.h"
#include "servers/net/connection_log.h"
#include "servers/net/listener.h"
#include "servers/net/loop_ticks.h"
#include "servers/net/spare_workers.h"
#include "servers/net/stop_by_signal.h"
#include "servers/net/stop_token.h"
#include "servers/net/switchboard.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

using State = Scoreboard::State;

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
  /// Starts children where too few stand ready. Where none does and none can be started, clients are refused
  /// here.
  void look() {
    if (stopping_) return;
    bool can_start = true;
    // Counted anew each time: a child may be busy as soon as it is there.
    while (can_start && spare_.missing(board_.idle(), children_.count()) > 0) can_start = start_child();
    const bool is_full = !can_start || children_.count() >= common_.options.max_connections;
    refuse_here(is_full && board_.idle() == 0);
  }

  void refuse_here(bool refuses) {
    if (refuses == std::exchange(refuses_, refuses)) return;
    if (refuses) {
      loop_.watch(common_.listener.fd(), [this] { refuse_waiting(); });
    } else {
      loop_.unwatch(common_.listener.fd());
    }
  }

  void refuse_waiting() {
    look();  // some may stand ready by now
    const auto refusal = common_.service.refusal();
    for (int i = 0; i < kAcceptsPerTurn && refuses_ && board_.idle() == 0; ++i) {
      auto client = common_.listener.accept(0, refusal);
      if (!client) return;
      common_.listener.refuse(std::move(*client), refusal);
    }
  }

  bool start_child() {
    auto channel = switchboard_.open_channel();
    if (!channel) return false;
    const std::size_t place = board_.take_place();
    const auto [listening, spare] = common_.listener.descriptors();
    const std::array kept = {listening, spare, common_.wanted.fd(), channel->theirs.get()};
    const auto run = [&] { return AcceptingChild(common_, place, channel->theirs.get()).run(); };
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

  SharedByAcceptors common_;
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
