#include "harness/process/descendants.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>
#include <unordered_set>

#include "harness/process/process_tree.h"
#include "os/errors.h"
#include "os/scratch_folder.h"

namespace threadmill::harness {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kKillPatience{10};
constexpr std::chrono::seconds kFreezePatience{1};
constexpr std::chrono::milliseconds kKillPause{1};

enum class Dead { reap, leave };

std::vector<pid_t> descendants() {
  auto tree = process_tree(::getpid());
  tree.erase(tree.begin());
  return tree;
}

// The death of a parent hands us its children, dead or alive.
void reap_the_dead() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

// Stops each process as soon as it is found, the youngest first: of a chain in which each forks its successor
// and ends, it is the only one that lives. Says whether there was anyone new.
bool stop_below(pid_t parent, std::unordered_set<pid_t>& stopped) {
  std::vector<pid_t> children;
  append_children(children, parent);
  bool anyone_new = false;
  for (auto child = children.rbegin(); child != children.rend(); ++child) {
    if (!stopped.insert(*child).second) continue;
    ::kill(*child, SIGSTOP);
    anyone_new = true;
  }
  for (const pid_t child : children) anyone_new |= stop_below(child, stopped);
  return anyone_new;
}

// A process with SIGSTOP pending cannot fork any more (fork(2) is restarted after the signal), so the rounds
// find fewer and fewer who were born before their parent was stopped, and at last nobody new.
void freeze(Clock::time_point deadline, Dead dead) {
  std::unordered_set<pid_t> stopped;
  while (stop_below(::getpid(), stopped) && Clock::now() < deadline) {
    if (dead == Dead::reap) reap_the_dead();  // or the list of children would grow with each attempt
  }
}

void kill_once(Dead dead) {
  freeze(Clock::now() + kFreezePatience, dead);
  for (const pid_t pid : descendants()) ::kill(pid, SIGKILL);
}

pid_t ward = -1;  // of the guardian; a signal handler needs it

void pass_on(int signal) { ::kill(ward, signal); }

void die_of(int signal) {
  ::prctl(PR_SET_DUMPABLE, 0);  // the core, if any, is that of the ward
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

[[noreturn]] void guard() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (::signal(signal, pass_on) == SIG_IGN) ::signal(signal, SIG_IGN);
  }
  int status = 0;
  while (::waitpid(ward, &status, 0) < 0 && errno == EINTR) {
  }
  kill_leftover_children();
  os::remove_abandoned_scratch_folders();  // of those that were killed
  if (WIFSIGNALED(status)) die_of(WTERMSIG(status));
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

}  // namespace

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

void become_guardian() {
  std::fflush(nullptr);  // or both would write what is not written yet
  adopt_orphans();
  const pid_t parent = ::getpid();
  ward = ::fork();
  if (ward < 0) os::throw_errno("fork");
  if (ward > 0) guard();
  if (::prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || ::getppid() != parent) ::_exit(128 + SIGTERM);
  adopt_orphans();
  ::signal(SIGPIPE, SIG_IGN);
}

std::size_t count_descendants() { return descendants().size(); }

void kill_descendants() { kill_once(Dead::leave); }

std::size_t kill_leftover_children() {
  const auto deadline = Clock::now() + kKillPatience;
  reap_the_dead();
  while (count_descendants() > 0 && Clock::now() < deadline) {
    kill_once(Dead::reap);
    std::this_thread::sleep_for(kKillPause);
    reap_the_dead();
  }
  return count_descendants();
}

}  // namespace threadmill::harness
