// Model `prefork-dispatch`: the parent accepts, and hands each client to a child process that stands ready.
//
//   parent: epoll ──> accept ──> SCM_RIGHTS ──> an idle child
//                child: wait for its client ──> read ──> session ──> write, until the client leaves
//                child ──"done"──> parent, which knows it as idle again
//   publishing: child ──socket pair──> parent, the switchboard ──socket pairs──> subscribers' children
//
// Who accepts: the parent. Who reads and writes: the client's child. Shared: nothing; topics and chat rooms
// live in the parent and each publication crosses two socket pairs. What wakes whom: the parent wakes a child
// with the descriptor of its client, the child the parent when it has done; both through a socket pair, which
// is not the one that the chat goes through. The parent takes the child that was idle last, whose memory is
// likely to be in a cache. A child keeps its socket pairs from one client to the next: it leaves all that its
// client joined, and has taken in all that was meant for that client, before it says that it has done.
//
// Choose it when: as for `prefork`, and the parent is to decide who gets which client: by address, by load,
// or to pass it to children that run as different users.
// Not when: clients come and go faster than one process can accept and hand over; then the children of
// `prefork` accept side by side.
// How it fails: a crash loses one client, and another child takes its place. The parent is on the way of
// every new client: when it is slow, all wait.
// Source: W. R. Stevens, UNIX Network Programming vol. 1, 3rd ed., 30.9 ("TCP preforked server, descriptor
// passing").

#include <signal.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <unordered_map>
#include <vector>

#include "servers/net/child_connection.h"
#include "servers/net/child_processes.h"
#include "servers/net/connection_log.h"
#include "servers/net/descriptor_passing.h"
#include "servers/net/listener.h"
#include "servers/net/loop_ticks.h"
#include "servers/net/spare_workers.h"
#include "servers/net/stop_by_signal.h"
#include "servers/net/stop_token.h"
#include "servers/net/switchboard.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

/// What a child says when its client has left.
enum class Report : char { done = 'd', was_slow = 's' };

/// A child's life: `control` brings clients and takes reports.
int serve_clients(int control, int channel, const Service& service, const ServeOptions& options) {
  StopBySignal::take(options.drain);
  while (true) {
    const bool stopping = !StopBySignal::wait_for_input(control);
    auto passed = take_descriptor(control);  // after a stop request too: one may be on its way
    if (!passed.descriptor && (stopping || passed.ended)) return 0;
    auto report = Report::done;
    if (passed.descriptor) {
      const auto served = serve_in_child(passed.descriptor.get(), channel, service, options);
      passed.descriptor.reset();  // first, so that the parent can have the next one served at once
      if (served.was_slow) report = Report::was_slow;
      if (served.channel_lost) return 0;
    }
    if (passed.came) ::send(control, &report, sizeof report, MSG_NOSIGNAL);
  }
}

class DispatchingServer {
 public:
  DispatchingServer(Listener& listener, const Service& service, const ServeOptions& options)
      : listener_(listener),
        service_(service),
        options_(options),
        switchboard_(service, options),
        loop_(switchboard_.loop()),
        processes_(loop_, [this](pid_t child, int) { child_ended(child); }),
        spare_(options.workers, options.max_connections) {}

  ServeCounts serve(const StopToken& stop) {
    loop_.watch(listener_.fd(), [this] { accept_waiting(); });
    const os::Descriptor timer = watch_period(loop_, SpareWorkers::kPeriod, [this] {
      end_surplus();
      start_missing();
    });
    start_missing();
    const auto on_stop = [this] {
      stopping_ = true;
      loop_.unwatch(listener_.fd());
      listener_.close();
      processes_.signal_all(SIGTERM);
    };
    loop_.run(stop, on_stop, [this] { return processes_.count() == 0; });
    processes_.kill_all();
    return {listener_.accepted(), listener_.refused(), loop_.counts().slow_disconnected + slow_clients_,
            loop_.counts().deliveries_dropped};
  }

 private:
  struct Child {
    os::Descriptor control;
    bool busy = false;
  };

  void accept_waiting() {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener_.accept(0, service_.refusal());
      if (!client) break;
      if (!dispatch(client->get())) listener_.refuse(std::move(*client), service_.refusal());
    }
    start_missing();
  }

  /// False when there is no child for the client, and none can be started.
  bool dispatch(int client) {
    while (!idle_.empty() || (processes_.count() < options_.max_connections && start_child())) {
      const pid_t child = idle_.back();
      idle_.pop_back();
      auto& its = children_.at(child);
      if (!pass_descriptor(its.control.get(), client)) {
        if (errno == EPIPE || errno == ECONNRESET) continue;  // it has died, of which we shall hear
        idle_.push_back(child);
        return false;  // the system has no room for what is passed; the child is as good as before
      }
      its.busy = true;
      if (options_.connection_log != nullptr) options_.connection_log->opened();
      return true;
    }
    return false;
  }

  void start_missing() {
    if (stopping_) return;
    for (auto missing = spare_.missing(idle_.size(), processes_.count()); missing > 0 && start_child();
         --missing) {
    }
  }

  bool start_child() {
    auto channel = switchboard_.open_channel();
    auto pair = open_message_pair();
    if (!channel || !pair.ours) return false;
    const std::array kept = {pair.theirs.get(), channel->theirs.get()};
    const pid_t child =
        processes_.start(kept, [&] { return serve_clients(kept[0], kept[1], service_, options_); });
    if (child < 0) return false;
    loop_.watch(pair.ours.get(), [this, child] { read_reports(child); });
    children_[child].control = std::move(pair.ours);
    idle_.push_back(child);
    switchboard_.serve(std::move(channel->ours));
    return true;
  }

  void read_reports(pid_t child) {
    const auto found = children_.find(child);
    if (found == children_.end()) return;  // it ended in this turn of the loop
    auto& its = found->second;
    auto report = Report::done;
    ssize_t got = 0;
    while ((got = ::recv(its.control.get(), &report, sizeof report, 0)) > 0) {
      if (report == Report::was_slow) ++slow_clients_;
      its.busy = false;
      idle_.push_back(child);
      if (options_.connection_log != nullptr) options_.connection_log->closed();
    }
    if (got == 0) loop_.unwatch(its.control.get());  // it ends, of which we shall hear
  }

  void end_surplus() {
    if (stopping_) return;
    const std::size_t surplus = spare_.surplus(idle_.size());
    for (std::size_t i = 0; i < surplus; ++i) ::kill(idle_[i], SIGTERM);  // those that were idle for longest
    idle_.erase(idle_.begin(), idle_.begin() + static_cast<std::ptrdiff_t>(surplus));
  }

  void child_ended(pid_t child) {
    read_reports(child);  // the last may still be on its way
    const auto found = children_.find(child);
    const bool was_busy = found->second.busy;
    if (was_busy && options_.connection_log != nullptr) options_.connection_log->closed();
    loop_.unwatch(found->second.control.get());
    children_.erase(found);
    std::erase(idle_, child);
    // One that died while it served nobody may do so again at once: its successor waits for the timer.
    if (was_busy) start_missing();
  }

  Listener& listener_;
  const Service& service_;
  const ServeOptions& options_;
  Switchboard switchboard_;
  EventLoop& loop_;
  ChildProcesses processes_;
  SpareWorkers spare_;
  std::unordered_map<pid_t, Child> children_;
  std::vector<pid_t> idle_;  ///< the last has been idle for the shortest time
  std::uint64_t slow_clients_ = 0;
  bool stopping_ = false;
};

}  // namespace

ServeCounts serve_prefork_dispatch(Listener& listener, const Service& service, const ServeOptions& options,
                                   const StopToken& stop) {
  return DispatchingServer(listener, service, options).serve(stop);
}

}  // namespace threadmill::servers
