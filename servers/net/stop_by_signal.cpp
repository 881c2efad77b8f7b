#include "servers/net/stop_by_signal.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include <cerrno>

#include "os/errors.h"

namespace threadmill::servers {
namespace {

// Signal handlers have nothing but globals.
volatile sig_atomic_t stop_requested = 0;
volatile sig_atomic_t served_socket = -1;
timer_t drain_timer{};
itimerspec drain_time{};

/// shutdown(2) and timer_settime(2) may be called from a signal handler.
void end_input() {
  if (served_socket < 0) return;
  ::shutdown(served_socket, SHUT_RD);
  ::timer_settime(drain_timer, 0, &drain_time, nullptr);
}

void on_stop(int) {
  const int interrupted_errno = errno;
  stop_requested = 1;
  end_input();
  errno = interrupted_errno;
}

void on_look_around(int) {}  // it has interrupted epoll_pwait(2), which is all

void on_drained(int) {
  const int interrupted_errno = errno;
  if (served_socket >= 0) ::shutdown(served_socket, SHUT_RDWR);
  errno = interrupted_errno;
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigaction(signal, &action, nullptr);
}

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void StopBySignal::take(std::chrono::milliseconds drain) {
  sigset_t signals = stop_signals();
  sigaddset(&signals, kLookAround);
  ::sigprocmask(SIG_SETMASK, &signals, nullptr);
  sigevent notification{};
  notification.sigev_notify = SIGEV_SIGNAL;
  notification.sigev_signo = SIGALRM;
  if (::timer_create(CLOCK_MONOTONIC, &notification, &drain_timer) != 0) os::throw_errno("timer_create");
  drain_time.it_value = {.tv_sec = drain.count() / 1000, .tv_nsec = drain.count() % 1000 * 1'000'000 + 1};
  handle(SIGALRM, on_drained);
  handle(kLookAround, on_look_around);
  handle(SIGTERM, on_stop);
  handle(SIGINT, on_stop);
}

bool StopBySignal::requested() { return stop_requested != 0; }

bool StopBySignal::wait_for_input(int fd) {
  sigset_t none;
  sigemptyset(&none);
  pollfd ready{fd, POLLIN, 0};
  while (!requested()) {
    if (::ppoll(&ready, 1, nullptr, &none) > 0) return true;
  }
  return false;
}

bool StopBySignal::wait_for_event(int epoll) {
  sigset_t none;
  sigemptyset(&none);
  epoll_event event{};
  if (requested()) return false;
  // Signals are let in only where there is nothing to tell; and a listener that has been shut down, as the
  // parent does beforehand, has something to tell for ever.
  const bool told = ::epoll_pwait(epoll, &event, 1, -1, &none) > 0;
  return !requested() && !(told && (event.events & EPOLLHUP) != 0);
}

StoppableClient::StoppableClient(int socket) {
  served_socket = socket;
  if (StopBySignal::requested()) end_input();
  const sigset_t signals = stop_signals();
  ::sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

StoppableClient::~StoppableClient() {
  const sigset_t signals = stop_signals();
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  served_socket = -1;
}

}  // namespace threadmill::servers
