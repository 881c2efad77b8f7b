#include "servers/net/child_processes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "os/errors.h"
#include "servers/net/stop_by_signal.h"

namespace threadmill::servers {
namespace {

/// Blocks what children are told by signals too: what comes before a child is ready for it waits.
os::Descriptor hear_of_ends() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, StopBySignal::kLookAround);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  os::Descriptor descriptor(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!descriptor) os::throw_errno("signalfd");
  return descriptor;
}

/// Closes what a child inherited but must not hold: the ends of other clients' channels.
void close_all_but(std::span<const int> kept) {
  std::vector<int> sorted(kept.begin(), kept.end());
  std::sort(sorted.begin(), sorted.end());
  unsigned int from = STDERR_FILENO + 1;
  for (const int fd : sorted) {
    if (fd < 0) continue;
    const auto number = static_cast<unsigned int>(fd);
    if (number > from) ::close_range(from, number - 1, 0);
    from = number + 1;
  }
  ::close_range(from, ~0U, 0);
}

[[noreturn]] void become_child(std::span<const int> kept, const std::function<int()>& run, pid_t parent) {
  // Without its parent, a child is of no use and nobody would ever reap it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);  // the parent died before the line above
  close_all_but(kept);
  ::_exit(run());  // nothing of the parent's may be flushed or destroyed here
}

}  // namespace

ChildProcesses::ChildProcesses(EventLoop& loop, std::function<void(pid_t, int)> on_end)
    : on_end_(std::move(on_end)), ends_(hear_of_ends()) {
  loop.watch(ends_.get(), [this] { reap(); });
}

pid_t ChildProcesses::start(std::span<const int> kept, const std::function<int()>& run) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become_child(kept, run, parent);
  if (child > 0) children_.insert(child);
  return child;
}

void ChildProcesses::signal_all(int signal) const {
  for (const pid_t child : children_) ::kill(child, signal);
}

void ChildProcesses::kill_all() {
  signal_all(SIGKILL);
  for (const pid_t child : children_) ::waitpid(child, nullptr, 0);
  children_.clear();
}

void ChildProcesses::reap() {
  signalfd_siginfo signal{};
  while (::read(ends_.get(), &signal, sizeof signal) > 0) {
  }
  pid_t child = 0;
  int status = 0;
  while ((child = ::waitpid(-1, &status, WNOHANG)) > 0) {
    if (children_.erase(child) > 0) on_end_(child, status);
  }
}

}  // namespace threadmill::servers
