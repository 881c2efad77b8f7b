// Model `fork`: a child process for each client.
//
//   parent: epoll ──> accept ──> fork          child: wait for its socket ──> read ──> session ──> write
//   publishing: child ──socket pair──> parent, the switchboard ──socket pairs──> subscribers' children
//
// Who accepts: the parent. Who reads and writes: the client's child. Shared: nothing, so a crash in one child
// hurts no other; topics and chat rooms live in the parent and each publication crosses two socket pairs.
// What wakes whom: the kernel, through sockets and socket pairs. An echo child needs no switchboard and gets
// no socket pair.
//
// Choose it when: clients must not harm each other (code that may crash or leak, foreign libraries, other
// rights for each client), there are few of them, they stay long, and they have little to say to each other.
// Not when: clients come and go quickly, as each pays for a fork and an exit; when there are thousands, as
// each is a process with page tables and a stack of the kernel; or when they talk to each other, as each
// message is copied to the parent and from it to each receiver.
// How it fails: one client at a time. A child that crashes or hangs takes its connection with it and nothing
// else. The parent is what all depend on: without it the children die and nobody is accepted. Where no more
// processes are to be had, new clients are refused.
// Source: 001_e9cc9ed9084b051d (forked), here with the chat that processes without shared memory need a
// switchboard for; Stevens, Unix Network Programming, chapter 30.

#include <signal.h>
#include <sys/wait.h>

#include <array>

#include "servers/net/child_connection.h"
#include "servers/net/child_processes.h"
#include "servers/net/connection_log.h"
#include "servers/net/listener.h"
#include "servers/net/stop_by_signal.h"
#include "servers/net/stop_token.h"
#include "servers/net/switchboard.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

// How a child tells its parent that its client was cut off for being slow.
constexpr int kSlowExit = 3;

class ForkingServer {
 public:
  ForkingServer(Listener& listener, const Service& service, const ServeOptions& options)
      : listener_(listener),
        service_(service),
        options_(options),
        switchboard_(service, options),
        children_(switchboard_.loop(), [this](pid_t, int status) { child_ended(status); }) {}

  ServeCounts serve(const StopToken& stop) {
    EventLoop& loop = switchboard_.loop();
    loop.watch(listener_.fd(), [this] { accept_waiting(); });
    const auto on_stop = [&] {
      loop.unwatch(listener_.fd());
      listener_.close();
      children_.signal_all(SIGTERM);
    };
    loop.run(stop, on_stop, [this] { return children_.count() == 0; });
    children_.kill_all();
    return {listener_.accepted(), listener_.refused(), loop.counts().slow_disconnected + slow_children_,
            loop.counts().deliveries_dropped};
  }

 private:
  void accept_waiting() {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener_.accept(0, service_.refusal());
      if (!client) return;
      if (children_.count() >= options_.max_connections || !start_child(client->get())) {
        listener_.refuse(std::move(*client), service_.refusal());
      }
    }
  }

  bool start_child(int client) {
    auto channel = switchboard_.open_channel();
    if (!channel) return false;
    const int theirs = channel->theirs.get();
    const auto serve_client = [&] {
      StopBySignal::take(options_.drain);
      return serve_in_child(client, theirs, service_, options_).was_slow ? kSlowExit : 0;
    };
    if (children_.start(std::array{client, theirs}, serve_client) < 0) return false;
    if (options_.connection_log != nullptr) options_.connection_log->opened();
    switchboard_.serve(std::move(channel->ours));
    return true;
  }

  void child_ended(int status) {
    if (options_.connection_log != nullptr) options_.connection_log->closed();
    if (WIFEXITED(status) && WEXITSTATUS(status) == kSlowExit) ++slow_children_;
  }

  Listener& listener_;
  const Service& service_;
  const ServeOptions& options_;
  Switchboard switchboard_;
  ChildProcesses children_;
  std::uint64_t slow_children_ = 0;
};

}  // namespace

ServeCounts serve_fork(Listener& listener, const Service& service, const ServeOptions& options,
                       const StopToken& stop) {
  return ForkingServer(listener, service, options).serve(stop);
}

}  // namespace threadmill::servers
