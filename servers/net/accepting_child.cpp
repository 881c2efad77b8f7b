#include "servers/net/accepting_child.h"

#include <poll.h>
#include <sys/epoll.h>

#include "servers/net/child_connection.h"
#include "servers/net/connection_log.h"
#include "servers/net/stop_by_signal.h"

namespace threadmill::servers {
namespace {

using State = Scoreboard::State;

/// An epoll set over the listener, of which the kernel wakes one of the processes that wait for it.
os::Descriptor watch_exclusively(int listener) {
  os::Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  if (!epoll || ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, listener, &event) != 0) return {};
  return epoll;
}

}  // namespace

int AcceptingChild::run() {
  StopBySignal::take(common_.options.drain);
  const os::Descriptor epoll = watch_exclusively(common_.listener.fd());
  if (!epoll) return 1;
  while (StopBySignal::wait_for_event(epoll.get()) && is_to_accept()) {
    auto client = accept();
    if (client && !serve(std::move(*client))) break;
  }
  return 0;
}

/// False when this child is surplus. The kernel may have woken it, and nobody else, for a client: that goes
/// first.
bool AcceptingChild::is_to_accept() {
  if (board_.change(place_, State::idle, State::accepting)) return true;
  pollfd waiting{common_.listener.fd(), POLLIN, 0};
  if (::poll(&waiting, 1, 0) == 0) return false;
  board_.set(place_, State::accepting);
  return true;
}

std::optional<os::Descriptor> AcceptingChild::accept() {
  Listener& listener = common_.listener;
  const auto refused_before = listener.refused();
  auto client = listener.accept(0, common_.service.refusal());
  board_.counts().refused += listener.refused() - refused_before;
  if (client) {
    ++board_.counts().accepted;
    board_.set(place_, State::busy);
    if (board_.idle() < common_.options.workers) common_.wanted.signal();
  } else {
    board_.set(place_, State::idle);
  }
  return client;
}

/// False when this child is of no further use.
bool AcceptingChild::serve(os::Descriptor client) {
  ConnectionLog* log = common_.options.connection_log;
  if (log != nullptr) log->opened();
  const auto served = serve_in_child(client.get(), channel_, common_.service, common_.options);
  if (served.was_slow) ++board_.counts().slow_disconnected;
  client.reset();  // first, so that a child that counts as idle can take the next at once
  if (log != nullptr) log->closed();
  board_.set(place_, served.channel_lost ? State::ending : State::idle);
  return !served.channel_lost;
}

}  // namespace threadmill::servers
