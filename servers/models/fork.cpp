// Model `fork`: a child process for each client.
//
//   parent: epoll ──> accept ──> fork          child: wait for its socket ──> read ──> session ──> write
//   publishing: child ──socket pair──> parent, the switchboard ──socket pairs──> each subscriber's child ──>
//   client
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

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <unordered_set>

#include "os/errors.h"
#include "servers/core/local_fanout.h"
#include "servers/core/service.h"
#include "servers/core/switchboard_session.h"
#include "servers/journal/kept_lobby.h"
#include "servers/net/blocking_connection.h"
#include "servers/net/connection_log.h"
#include "servers/net/event_loop.h"
#include "servers/net/listener.h"
#include "servers/net/stop_token.h"
#include "servers/net/switchboard_client.h"
#include "servers/registry.h"

namespace threadmill::servers {
namespace {

// How a child tells its parent that its client was cut off for being slow.
constexpr int kSlowExit = 3;
// More than a socket pair and one read hold.
constexpr std::size_t kChannelBytes = 1 << 20;

// ---- the child ----

int child_socket = -1;

/// A stop request: as if the client had stopped sending. shutdown(2) may be called from a signal handler.
void end_input(int) {
  const int interrupted_errno = errno;
  ::shutdown(child_socket, SHUT_RD);
  errno = interrupted_errno;
}

void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = end_input;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Closes what the child inherited but must not hold: the listener, and the ends of other clients' channels.
void close_all_but(std::array<int, 2> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned int from = STDERR_FILENO + 1;
  for (const int fd : kept) {
    if (fd < 0) continue;
    const auto number = static_cast<unsigned int>(fd);
    if (number > from) ::close_range(from, number - 1, 0);
    from = number + 1;
  }
  ::close_range(from, ~0U, 0);
}

class ChildMember : public Member {
 public:
  void deliver(const SharedPublication&) override {}  // the parent delivers through the channel
};

/// True when the client was cut off because its outbox was full.
bool serve_child(int socket, int channel, const Service& service, const ServeOptions& options) {
  ChildMember self;
  if (channel < 0) {
    LocalFanout none;
    Outbox outbox(options.outbox_bytes);
    serve_requests(socket, *service.open(none, self), outbox);
    return outbox.overflowed();
  }
  // The parent applies the limit and the policy to what waits for this child. A question to the parent is
  // answered behind all of that, and the child has to take it in to get at the answer.
  Outbox outbox(options.outbox_bytes + options.max_message_bytes + kChannelBytes);
  std::mutex mutex;
  SwitchboardClient switchboard(channel, outbox);
  const auto session = service.open(switchboard, self);
  serve_with_publications({socket, *session, outbox, mutex, switchboard, {}});
  return outbox.overflowed();
}

[[noreturn]] void run_child(int socket, int channel, const Service& service, const ServeOptions& options,
                            pid_t parent) {
  child_socket = socket;
  ::prctl(PR_SET_PDEATHSIG,
          SIGKILL);  // without its parent, a child is of no use and nobody would ever reap it
  if (::getppid() != parent) ::_exit(0);  // the parent died before the line above
  close_all_but({socket, channel});
  stop_on_signals();
  const bool was_slow = serve_child(socket, channel, service, options);
  ::_exit(was_slow ? kSlowExit : 0);  // nothing of the parent's may be flushed or destroyed here
}

// ---- the parent ----

class ForkingServer {
 public:
  ForkingServer(Listener& listener, const Service& service, const ServeOptions& options)
      : listener_(listener),
        service_(service),
        options_(options),
        rooms_(options, topics_, Commit::in_turn, delivery_frame),
        loop_(options) {
    topics_.lead_to(rooms_.lobby());
    if (rooms_.keeps()) loop_.before_write([this] { rooms_.commit(); });
  }

  ServeCounts serve(const StopToken& stop) {
    const os::Descriptor child_ends = watch_child_ends();
    loop_.watch(listener_.fd(), [this] { accept_waiting(); });
    loop_.watch(child_ends.get(), [this, fd = child_ends.get()] { reap(fd); });
    const auto on_stop = [this] {
      loop_.unwatch(listener_.fd());
      listener_.close();
      signal_children(SIGTERM);
    };
    loop_.run(stop, on_stop, [this] { return children_.empty(); });
    loop_.unwatch(child_ends.get());
    signal_children(SIGKILL);
    for (const pid_t child : children_) ::waitpid(child, nullptr, 0);
    return {listener_.accepted(), listener_.refused(), loop_.counts().slow_disconnected + slow_children_,
            loop_.counts().deliveries_dropped};
  }

 private:
  static os::Descriptor watch_child_ends() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    os::Descriptor descriptor(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!descriptor) os::throw_errno("signalfd");
    return descriptor;
  }

  void accept_waiting() {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      auto client = listener_.accept(0, service_.refusal());
      if (!client) return;
      if (children_.size() >= options_.max_connections || !start_child(client->get())) {
        listener_.refuse(std::move(*client), service_.refusal());
      }
    }
  }

  bool start_child(int client) {
    std::array<int, 2> channel = {-1, -1};
    if (service_.publishes() &&
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, channel.data()) != 0) {
      return false;
    }
    os::Descriptor ours(channel[0]);
    const os::Descriptor theirs(channel[1]);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) run_child(client, theirs.get(), service_, options_, parent);
    if (child < 0) return false;
    children_.insert(child);
    if (options_.connection_log != nullptr) options_.connection_log->opened();
    // A child whose channel cannot be watched is hung up on here, and ends.
    if (ours)
      loop_.adopt(ours,
                  [this](Member& member) { return std::make_unique<SwitchboardSession>(topics_, member); });
    return true;
  }

  void reap(int signal_fd) {
    signalfd_siginfo signal{};
    while (::read(signal_fd, &signal, sizeof signal) > 0) {
    }
    pid_t child = 0;
    int status = 0;
    while ((child = ::waitpid(-1, &status, WNOHANG)) > 0) {
      if (children_.erase(child) > 0 && options_.connection_log != nullptr) options_.connection_log->closed();
      if (WIFEXITED(status) && WEXITSTATUS(status) == kSlowExit) ++slow_children_;
    }
  }

  void signal_children(int signal) {
    for (const pid_t child : children_) ::kill(child, signal);
  }

  Listener& listener_;
  const Service& service_;
  const ServeOptions& options_;
  LocalFanout topics_;
  KeptLobby rooms_;
  std::unordered_set<pid_t> children_;
  std::uint64_t slow_children_ = 0;
  EventLoop loop_;  // last, so that its sessions leave topics_ and rooms_ first
};

}  // namespace

ServeCounts serve_fork(Listener& listener, const Service& service, const ServeOptions& options,
                       const StopToken& stop) {
  return ForkingServer(listener, service, options).serve(stop);
}

}  // namespace threadmill::servers
