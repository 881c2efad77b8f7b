#include "loadgen/engine.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>

#include "loadgen/connect.h"
#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr std::int64_t kIdleCheckNs = 50'000'000;
// Wait::hybrid: how long before something is due, and how long after the last event while answers are
// awaited. A thread that sleeps wakes tens of microseconds late at the median, and one time in a hundred by a
// millisecond where a hypervisor has to be asked for the CPU (benchmarks/waits.cpp).
constexpr std::int64_t kPollForDueNs = 2'000'000;
constexpr std::int64_t kPollForAnswersNs = 2'000'000;
constexpr std::int64_t kReturnNs = 2'000'000;  // between attempts to come back to a server that refuses
constexpr std::int64_t kFailedDrainNs = 500'000'000;  // what a failed run gives its other answers to arrive

std::int64_t to_ns(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

std::string text_of(int error) { return std::generic_category().message(error); }

}  // namespace

void Totals::begin_window(std::int64_t now_ns) {
  bytes = {};
  completed = 0;
  completed_in_time = 0;
  unsent = 0;
  deliveries = 0;
  deliveries_in_time = 0;
  last_completion_ns = 0;
  service_time.reset();
  response_time.reset();
  slip.reset();
  send_delay.reset();
  delivery.reset();
  readiness = {};
  losses.first_ns = 0;
  service_series = TimeSeries(now_ns);
  response_series = TimeSeries(now_ns);
}

Engine::Engine(const Plan& plan, RunState& state, std::size_t thread, std::size_t connections)
    : plan_(plan),
      state_(state),
      thread_(thread),
      links_(connections),
      connect_began_ns_(connections),
      may_return_(plan.lost_clients_return),
      lost_at_ns_(may_return_ ? connections : 0),
      was_lost_(lost_at_ns_.size()) {
  state_.set_loop(thread_, &loop_);
  totals_.begin_window(os::monotonic_ns());
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

void Engine::run(Driver& driver, bool connecting, WarmupWatch* watch) {
  driver_ = &driver;
  now_ns_ = os::monotonic_ns();
  state_.progress(thread_, now_ns_);
  if (connecting) begin_connects();
  while (!(all_decided() && driver.finished())) {
    if (all_decided() && (unready_gone_ > 0 || open_ == 0) && !links_.empty()) break;
    if (state_.failed() && failing_drain_over()) break;
    turn();
    if (watch != nullptr && watch->steady(thread_, now_ns_)) driver.stop_sending();
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

/// How long a turn may wait for events. What is due is met to the microsecond, and an answer is seen when it
/// comes, by polling for them where the plan says so: a sleeping thread is woken late.
std::int64_t Engine::timeout_ns() {
  if (plan_.arrivals.wait == Wait::spin) return 0;
  const std::int64_t due = driver_->next_due_ns();
  if (due == std::numeric_limits<std::int64_t>::max()) return kIdleCheckNs;
  if (!plan_.arrivals.paced()) return std::clamp<std::int64_t>(due - now_ns_, 0, kIdleCheckNs);
  if (plan_.arrivals.wait == Wait::sleep) {
    return std::clamp<std::int64_t>(due - os::monotonic_ns(), 0, kIdleCheckNs);
  }
  if (driver_->awaits_answers() && now_ns_ - last_event_ns_ < kPollForAnswersNs) return 0;
  return std::clamp<std::int64_t>(due - kPollForDueNs - os::monotonic_ns(), 0, kIdleCheckNs);
}

/// Grows whenever the run comes nearer to its end.
std::uint64_t Engine::progress_count() const noexcept {
  return totals_.completed + totals_.deliveries + totals_.bytes.sent + totals_.established + ready_;
}

void Engine::turn() {
  const auto events = loop_.wait(
      away_.empty() ? timeout_ns() : std::clamp<std::int64_t>(next_return_ns_ - now_ns_, 0, timeout_ns()));
  bool woken = false;
  const std::uint64_t answered_before = totals_.completed;
  for (const auto& event : events) {
    if (event.data.u64 == EventLoop::kWakeToken) {
      woken = true;
    } else {
      handle(static_cast<std::size_t>(event.data.u64), event.events);
    }
  }
  if (!events.empty()) count_answers(events.size(), answered_before);
  driver_->on_turn_end(woken);
  now_ns_ = os::monotonic_ns();
  if (!away_.empty() && now_ns_ >= next_return_ns_) bring_back();
  if (now_ns_ >= driver_->next_due_ns()) driver_->on_due(now_ns_);
  if (now_ns_ >= totals_.deadline_ns && !backlog_taken_) take_backlog();
  state_.set_completed(thread_, totals_.completed + totals_.deliveries);
  if (!events.empty()) last_event_ns_ = now_ns_;
  const std::uint64_t progress = progress_count();
  if (progress != progress_) {
    progress_ = progress;
    state_.progress(thread_, now_ns_);
  } else {
    check_idle();
  }
}

/// What waited to be read in this turn: answers, or, where one read brings many messages, connections. Where
/// there were more events than the loop hands out at once, everything in flight may have waited.
void Engine::count_answers(std::size_t events, std::uint64_t answered_before) {
  std::uint64_t waited = plan_.is_pubsub() ? events : totals_.completed - answered_before;
  if (events == EventLoop::kMostEvents) waited = std::max(waited, driver_->in_flight());
  totals_.readiness.count_turn(waited);
}

void Engine::take_backlog() {
  backlog_taken_ = true;
  auto& backlog = totals_.backlog;
  backlog.in_flight = driver_->in_flight();
  for (const Link& link : links_) {
    int unread = 0;
    if (link.stage != Stage::ready || ::ioctl(link.fd.get(), FIONREAD, &unread) != 0 || unread <= 0) continue;
    backlog.unread_bytes += static_cast<std::uint64_t>(unread);
    ++backlog.connections_unread;
  }
}

/// A connection that is made anew in mid-run has as long as the first ones had.
void Engine::check_reconnects() {
  if (pending_ == 0 || now_ns_ < next_reconnect_check_ns_) return;
  next_reconnect_check_ns_ = now_ns_ + kIdleCheckNs;
  for (std::size_t connection = 0; connection < links_.size(); ++connection) {
    const Link& link = links_[connection];
    if (!link.was_ready || link.stage != Stage::connecting) continue;
    if (now_ns_ - connect_began_ns_[connection] < to_ns(plan_.connect_timeout_s)) continue;
    --pending_;
    connect_failed(connection, ETIMEDOUT);
  }
}

void Engine::check_idle() {
  if (links_.empty()) return;
  check_reconnects();
  if (all_decided() && !driver_->awaits_answers()) return;
  const double limit_s = all_decided() ? plan_.stall_timeout_s : plan_.connect_timeout_s;
  if (now_ns_ - state_.last_progress_ns() < to_ns(limit_s) || state_.failed()) return;
  if (all_decided()) {
    state_.stall(
        fmt::format("stalled: nothing was received for {} s while answers were awaited; see what the server "
                    "does, or give it longer (timeouts.stall_s of the plan)",
                    limit_s));
  } else {
    first_connect_failure_ = fmt::format(
        "none got ready for {} s; see what the server does, or give it longer (timeouts.connect_s of the "
        "plan)",
        limit_s);
    give_up_connecting();
  }
}

void Engine::handle(std::size_t connection, std::uint32_t events) {
  Link& link = links_[connection];
  if (link.stage == Stage::connecting) {
    finish_connect(connection);
    return;
  }
  const auto is_connected = [&] { return link.stage == Stage::greeting || link.stage == Stage::ready; };
  if ((events & EPOLLOUT) != 0 && is_connected()) {
    loop_.modify(link.fd.get(), EPOLLIN, connection);
    driver_->on_writable(connection);
  }
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0 && is_connected()) driver_->on_readable(connection);
}

void Engine::begin_connects() {
  while (next_connect_ < links_.size() && pending_ < plan_.connects_in_flight && !state_.failed()) {
    const std::size_t connection = next_connect_++;
    ++open_;
    begin_connect_of(connection, connection * plan_.threads + thread_);
  }
}

void Engine::begin_connect_of(std::size_t connection, std::uint64_t number) {
  connect_began_ns_[connection] = os::monotonic_ns();
  auto begun = begin_connect(plan_.target, static_cast<std::uint32_t>(number));
  Link& link = links_[connection];
  link.fd = std::move(begun.fd);
  if (begun.error != 0) {
    connect_failed(connection, begun.error);
    return;
  }
  link.stage = Stage::connecting;
  ++pending_;
  loop_.add(link.fd.get(), EPOLLOUT, connection);
}

void Engine::reconnect(std::size_t connection) {
  begin_connect_of(connection, connection * plan_.threads + thread_);
}

bool Engine::hang_up(std::size_t connection) {
  Link& link = links_[connection];
  if (link.stage != Stage::ready) return false;
  link.stage = Stage::waiting;
  link.fd.reset();
  return true;
}

void Engine::finish_connect(std::size_t connection) {
  --pending_;
  Link& link = links_[connection];
  if (const int error = connect_error(link.fd.get()); error != 0) {
    connect_failed(connection, error);
  } else {
    link.stage = Stage::greeting;
    if (refuses_) next_return_ns_ = 0;
    refuses_ = false;
    if (!link.was_ready) ++totals_.established;
    totals_.connect_time.record(os::monotonic_ns() - connect_began_ns_[connection]);
    loop_.modify(link.fd.get(), EPOLLIN, connection);
    driver_->on_connected(connection);
  }
  begin_connects();
}

void Engine::connect_failed(std::size_t connection, int error) {
  if (may_return_ && links_[connection].was_ready) {
    ++totals_.losses.refused;
    links_[connection].stage = Stage::waiting;
    links_[connection].fd.reset();
    away_.push_back(connection);
    refuses_ = true;
    return;
  }
  totals_.count_error(error == ETIMEDOUT ? &Errors::timeout : &Errors::connect);
  if (first_connect_failure_.empty()) first_connect_failure_ = text_of(error);
  const bool was_ready = links_[connection].was_ready;
  leave(connection);
  if (was_ready) state_.fail(fmt::format("a connection could not be made anew: {}", text_of(error)));
}

void Engine::give_up_connecting() {
  for (std::size_t connection = 0; connection < links_.size(); ++connection) {
    const Stage stage = links_[connection].stage;
    if (stage != Stage::connecting && stage != Stage::greeting) continue;
    if (links_[connection].was_ready) continue;
    totals_.count_error(&Errors::timeout);
    leave(connection);
  }
  state_.fail(fmt::format("{} of {} connections to {} port {} did not get ready: {}", links_.size() - ready_,
                          links_.size(), plan_.target.address, plan_.target.port, first_connect_failure_));
}

void Engine::ready(std::size_t connection) {
  Link& link = links_[connection];
  link.stage = Stage::ready;
  if (!link.was_ready) ++ready_;
  link.was_ready = true;
}

void Engine::leave(std::size_t connection) {
  Link& link = links_[connection];
  if (link.stage == Stage::gone) return;
  if (!link.was_ready) ++unready_gone_;
  link.stage = Stage::gone;
  link.fd.reset();
  --open_;
}

void Engine::lose(std::size_t connection, Loss loss, const std::string& reason) {
  Link& link = links_[connection];
  if (link.stage == Stage::gone) return;
  if (may_return_ && link.was_ready && loss != Loss::protocol) {
    send_away(connection);
    return;
  }
  totals_.count_error(loss == Loss::closed  ? &Errors::closed
                      : loss == Loss::reset ? &Errors::reset
                                            : &Errors::protocol);
  leave(connection);
  if (link.was_ready) {
    state_.fail(reason);
  } else if (first_connect_failure_.empty()) {
    first_connect_failure_ = reason;
  }
}

/// Its client comes back with another connection.
void Engine::send_away(std::size_t connection) {
  Link& link = links_[connection];
  if (link.stage == Stage::waiting) return;
  const std::int64_t now_ns = os::monotonic_ns();
  auto& losses = totals_.losses;
  if (losses.first_ns == 0) losses.first_ns = now_ns;
  if (!was_lost_[connection]) ++losses.clients;
  was_lost_[connection] = true;
  // Lost again before it had an answer, it is still the same absence.
  if (lost_at_ns_[connection] == 0) {
    ++losses.connections;
    lost_at_ns_[connection] = now_ns;
    next_return_ns_ = now_ns;
  } else {
    ++losses.refused;
    next_return_ns_ = now_ns + kReturnNs;
  }
  link.stage = Stage::waiting;
  link.fd.reset();
  away_.push_back(connection);
}

/// All who are away or, while the server refuses, one: it is not to come back under a storm of ours.
void Engine::bring_back() {
  std::vector<std::size_t> away;
  away.swap(away_);
  next_return_ns_ = now_ns_ + kReturnNs;
  std::size_t tries = refuses_ ? 1 : away.size();
  for (const std::size_t connection : away) {
    if (tries > 0 && pending_ < plan_.connects_in_flight) {
      --tries;
      reconnect(connection);
    } else {
      away_.push_back(connection);
    }
  }
}

void Engine::count_return(std::size_t connection, std::int64_t now_ns) {
  auto& losses = totals_.losses;
  ++losses.returned;
  losses.last_return_ns = std::max(losses.last_return_ns, now_ns);
  losses.longest_absence_ns = std::max(losses.longest_absence_ns, now_ns - lost_at_ns_[connection]);
  lost_at_ns_[connection] = 0;
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
