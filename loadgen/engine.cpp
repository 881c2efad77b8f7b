#include "loadgen/engine.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "loadgen/connect.h"
#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kMostPendingConnects = 256;  // in each thread; more only overflow the server's backlog
constexpr int kIdleCheckMs = 50;
constexpr std::int64_t kFailedDrainNs = 500'000'000;  // what a failed run gives its other answers to arrive

std::int64_t to_ns(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

std::string text_of(int error) { return std::generic_category().message(error); }

}  // namespace

void Totals::begin_window() noexcept {
  bytes = {};
  completed = 0;
  completed_in_time = 0;
  deliveries = 0;
  deliveries_in_time = 0;
  last_completion_ns = 0;
  service_time.reset();
  delivery.reset();
}

Engine::Engine(const Plan& plan, RunState& state, std::size_t thread, std::size_t connections)
    : plan_(plan), state_(state), thread_(thread), links_(connections) {
  state_.set_loop(thread_, &loop_);
}

Engine::~Engine() { state_.set_loop(thread_, nullptr); }

void Engine::connect(Driver& driver) {
  driver_ = &driver;
  now_ns_ = os::monotonic_ns();
  state_.progress(thread_, now_ns_);
  begin_connects();
  while (!all_decided() && !state_.failed()) turn();
  if (unready_gone_ > 0) give_up_connecting();
}

void Engine::run(Driver& driver, bool connecting) {
  driver_ = &driver;
  now_ns_ = os::monotonic_ns();
  state_.progress(thread_, now_ns_);
  if (connecting) begin_connects();
  while (!(all_decided() && driver.finished())) {
    if (all_decided() && open_ == 0 && !links_.empty()) break;
    if (state_.failed() && failing_drain_over()) break;
    turn();
  }
  if (unready_gone_ > 0) give_up_connecting();
}

bool Engine::failing_drain_over() {
  if (state_.stalled() || !all_decided()) return true;
  if (drain_deadline_ns_ == 0) {
    drain_deadline_ns_ = now_ns_ + kFailedDrainNs;
    driver_->stop_sending();
  }
  return now_ns_ > drain_deadline_ns_;
}

void Engine::turn() {
  const auto events = loop_.wait(kIdleCheckMs);
  bool woken = false;
  for (const auto& event : events) {
    if (event.data.u64 == EventLoop::kWakeToken) {
      woken = true;
    } else {
      handle(static_cast<std::size_t>(event.data.u64), event.events);
    }
  }
  driver_->on_turn_end(woken);
  now_ns_ = os::monotonic_ns();
  if (events.empty() || (woken && events.size() == 1)) {
    check_idle();
  } else {
    state_.progress(thread_, now_ns_);
  }
}

void Engine::check_idle() {
  if (links_.empty()) return;
  const double limit_s = all_decided() ? plan_.stall_timeout_s : plan_.connect_timeout_s;
  if (now_ns_ - state_.last_progress_ns() < to_ns(limit_s) || state_.failed()) return;
  if (all_decided()) {
    state_.stall(fmt::format("stalled: nothing was received for {} s while answers were awaited", limit_s));
  } else {
    first_connect_failure_ = fmt::format("no connection got ready for {} s", limit_s);
    give_up_connecting();
  }
}

void Engine::handle(std::size_t connection, std::uint32_t events) {
  Link& link = links_[connection];
  if (link.stage == Stage::connecting) {
    finish_connect(connection);
    return;
  }
  if ((events & EPOLLOUT) != 0 && link.stage != Stage::gone) {
    loop_.modify(link.fd.get(), EPOLLIN, connection);
    driver_->on_writable(connection);
  }
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0 && link.stage != Stage::gone) driver_->on_readable(connection);
}

void Engine::begin_connects() {
  while (next_connect_ < links_.size() && pending_ < kMostPendingConnects && !state_.failed()) {
    const std::size_t connection = next_connect_++;
    const auto number = static_cast<std::uint32_t>(connection * plan_.threads + thread_);
    auto begun = begin_connect(plan_.target, number);
    Link& link = links_[connection];
    link.fd = std::move(begun.fd);
    ++open_;
    if (begun.error != 0) {
      connect_failed(connection, begun.error);
      continue;
    }
    link.stage = Stage::connecting;
    ++pending_;
    loop_.add(link.fd.get(), EPOLLOUT, connection);
  }
}

void Engine::finish_connect(std::size_t connection) {
  --pending_;
  Link& link = links_[connection];
  if (const int error = connect_error(link.fd.get()); error != 0) {
    connect_failed(connection, error);
  } else {
    link.stage = Stage::greeting;
    ++totals_.established;
    loop_.modify(link.fd.get(), EPOLLIN, connection);
    driver_->on_connected(connection);
  }
  begin_connects();
}

void Engine::connect_failed(std::size_t connection, int error) {
  ++(error == ETIMEDOUT ? totals_.errors.timeout : totals_.errors.connect);
  if (first_connect_failure_.empty()) first_connect_failure_ = text_of(error);
  leave(connection);
}

void Engine::give_up_connecting() {
  for (std::size_t connection = 0; connection < links_.size(); ++connection) {
    const Stage stage = links_[connection].stage;
    if (stage != Stage::connecting && stage != Stage::greeting) continue;
    ++totals_.errors.timeout;
    leave(connection);
  }
  state_.fail(fmt::format("{} of {} connections to {} port {} did not get ready: {}", links_.size() - ready_,
                          links_.size(), plan_.target.address, plan_.target.port, first_connect_failure_));
}

void Engine::ready(std::size_t connection) {
  links_[connection].stage = Stage::ready;
  ++ready_;
}

void Engine::leave(std::size_t connection) {
  Link& link = links_[connection];
  if (link.stage == Stage::gone) return;
  if (link.stage != Stage::ready) ++unready_gone_;
  link.stage = Stage::gone;
  link.fd.reset();
  --open_;
}

void Engine::lose(std::size_t connection, Loss loss, const std::string& reason) {
  Link& link = links_[connection];
  if (link.stage == Stage::gone) return;
  auto& errors = totals_.errors;
  ++(loss == Loss::closed ? errors.closed : loss == Loss::reset ? errors.reset : errors.protocol);
  const bool was_ready = link.stage == Stage::ready;
  leave(connection);
  if (was_ready) {
    state_.fail(reason);
  } else if (first_connect_failure_.empty()) {
    first_connect_failure_ = reason;
  }
}

std::size_t Engine::receive(std::size_t connection, char* to, std::size_t room) {
  const ssize_t got = ::recv(links_[connection].fd.get(), to, room, 0);
  if (got > 0) {
    totals_.bytes.received += static_cast<std::size_t>(got);
    return static_cast<std::size_t>(got);
  }
  if (got == 0) {
    lose(connection, Loss::closed, "the server closed a connection in mid-run");
  } else if (errno != EAGAIN && errno != EINTR) {
    lose(connection, Loss::reset, fmt::format("a connection was lost in mid-run: {}", text_of(errno)));
  }
  return 0;
}

std::size_t Engine::send(std::size_t connection, const char* bytes, std::size_t size) {
  Link& link = links_[connection];
  const ssize_t taken = ::send(link.fd.get(), bytes, size, MSG_NOSIGNAL);
  if (taken < 0 && errno != EAGAIN && errno != EINTR) {
    lose(connection, Loss::reset, fmt::format("a connection was lost in mid-run: {}", text_of(errno)));
    return 0;
  }
  const auto sent = taken < 0 ? 0 : static_cast<std::size_t>(taken);
  totals_.bytes.sent += sent;
  if (sent < size) loop_.modify(link.fd.get(), EPOLLIN | EPOLLOUT, connection);
  return sent;
}

}  // namespace threadmill::load
