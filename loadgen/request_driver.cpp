#include "loadgen/request_driver.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kInBytes = 64 << 10;
constexpr std::size_t kOutBytes = 64 << 10;
constexpr std::uint64_t kEndless = std::numeric_limits<std::uint64_t>::max();

}  // namespace

std::size_t RequestDriver::connections_of(const Plan& plan, std::size_t thread) {
  return (plan.requests.connections - thread + plan.threads - 1) / plan.threads;
}

RequestDriver::RequestDriver(const Plan& plan, std::size_t thread, Engine& engine, std::size_t request_bytes)
    : engine_(engine),
      threads_(plan.threads),
      thread_(thread),
      pipeline_(plan.requests.pipeline),
      messages_per_connection_(plan.requests.messages_per_connection),
      request_bytes_(request_bytes),
      ring_(std::bit_ceil(std::uint64_t{plan.requests.pipeline})),
      clients_(connections_of(plan, thread)),
      sent_at_(clients_.size() * ring_, kSettled),
      due_at_(plan.arrivals.paced() ? sent_at_.size() : 0),
      out_(kOutBytes),
      in_(kInBytes),
      pacer_(plan.arrivals, plan.seed, thread, plan.threads),
      free_(clients_.size()) {
  for (auto& client : clients_)
    client.leave_at = messages_per_connection_ > 0 ? messages_per_connection_ : kEndless;
}

// When to send.

void RequestDriver::begin(const Phase& phase) {
  phase_ = phase;
  over_ = false;
  to_send_ = 0;
  const std::int64_t now = os::monotonic_ns();
  pacer_.begin(phase);
  for (auto& client : clients_) {
    const bool endless = phase.messages == kEndless || phase.messages > kEndless - client.next;
    client.stop_at = endless ? kEndless : client.next + phase.messages;
    if (!client.forgotten) to_send_ += endless ? 1 : phase.messages;
  }
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    leave_if_done(i);  // who had all its answers in the phase before has not left yet
    if (engine_.is_ready(i)) resume(i, now);
  }
}

void RequestDriver::on_connected(std::size_t connection) {
  engine_.ready(connection);
  if (!over_) resume(connection, os::monotonic_ns());
}

/// A connection begins to send: the phase began, or it was connected in mid-phase.
void RequestDriver::resume(std::size_t connection, std::int64_t now_ns) {
  if (pacer_.open()) {
    offer(connection, now_ns);
  } else if (pacer_.paced()) {
    for (std::uint32_t i = 0; i < pipeline_; ++i) {
      pacer_.think_on(connection, clients_[connection].life, now_ns);
    }
  } else if (now_ns < phase_.deadline_ns) {
    fill_pipeline(connection);
  }
}

bool RequestDriver::has_place(std::size_t connection) const {
  const Client& client = clients_[connection];
  return client.in_flight < pipeline_ && client.next < client.answered + ring_ &&
         client.next < std::min(client.stop_at, client.leave_at) && engine_.is_ready(connection);
}

/// Closed loop: as much as may be under way, with one send.
void RequestDriver::fill_pipeline(std::size_t connection) {
  if (over_ || !engine_.is_ready(connection)) return;
  const Client& client = clients_[connection];
  const std::uint64_t end = std::min({client.answered + pipeline_, client.stop_at, client.leave_at});
  if (client.next >= end) return;
  while (client.next < end) begin_request(connection, 0);
  push(connection);
}

void RequestDriver::offer(std::size_t connection, std::int64_t now_ns) {
  Client& client = clients_[connection];
  if (client.free || !has_place(connection)) return;
  client.free = true;
  client.free_since_ns = now_ns;
  free_.push(connection);
}

std::int64_t RequestDriver::next_due_ns() const noexcept { return pacer_.next_due_ns(!free_.empty()); }

void RequestDriver::on_due(std::int64_t now_ns) {
  if (over_) return;
  if (pacer_.open()) {
    send_arrivals(now_ns);
  } else {
    send_after_thought(now_ns);
  }
  if (now_ns >= phase_.deadline_ns) end_phase();
}

void RequestDriver::send_arrivals(std::int64_t now_ns) {
  while (!free_.empty()) {
    const auto due = pacer_.arrival(now_ns);
    if (!due) return;
    const std::size_t connection = free_.pop();
    clients_[connection].free = false;
    if (!has_place(connection)) continue;  // it was lost, or is being connected anew
    pacer_.pop_arrival();
    send_due(connection, *due, std::max(*due, clients_[connection].free_since_ns), now_ns);
    offer(connection, now_ns);
  }
}

void RequestDriver::send_after_thought(std::int64_t now_ns) {
  while (const auto thought = pacer_.pop_thought(now_ns)) {
    if (thought->life != clients_[thought->who].life || !has_place(thought->who)) continue;
    send_due(thought->who, thought->due_ns, thought->due_ns, now_ns);
  }
}

/// Sends a request that was due, and could have been sent since `possible_ns`.
void RequestDriver::send_due(std::size_t connection, std::int64_t due_ns, std::int64_t possible_ns,
                             std::int64_t now_ns) {
  const std::size_t at = slot(connection, clients_[connection].next);
  begin_request(connection, due_ns);
  push(connection);
  const std::int64_t left_ns = sent_at_[at] > 0 ? sent_at_[at] : now_ns;
  engine_.totals().send_delay.record(left_ns - possible_ns);
}

/// What is unsent found no free connection.
void RequestDriver::end_phase() {
  over_ = true;
  pacer_.end([&](std::int64_t due_ns) { engine_.totals().count_unsent(phase_.deadline_ns, due_ns); });
}

void RequestDriver::stop_sending() {
  over_ = true;
  pacer_.stop();
}

void RequestDriver::begin_request(std::size_t connection, std::int64_t due_ns) {
  Client& client = clients_[connection];
  const std::size_t at = slot(connection, client.next);
  sent_at_[at] = 0;
  if (!due_at_.empty()) due_at_[at] = due_ns;
  ++client.next;
  ++client.in_flight;
  ++busy_;
  if (client.stop_at != kEndless) --to_send_;
}

// Bytes.

/// Sends what was begun. A request's time is taken right before the system call that takes its first byte.
void RequestDriver::push(std::size_t connection) {
  Client& client = clients_[connection];
  while (client.sending < client.next) {
    // As many requests, or the part of one, as the buffer holds.
    std::size_t filled = 0;
    std::uint64_t sequence = client.sending;
    std::size_t offset = client.sent_part;
    while (sequence < client.next && filled < out_.size()) {
      const std::size_t count = std::min(request_bytes_ - offset, out_.size() - filled);
      write(out_.data() + filled, connection, sequence, offset, count);
      filled += count;
      ++sequence;
      offset = 0;
    }
    const std::int64_t now = os::monotonic_ns();
    const std::uint64_t first_new = client.sending + (client.sent_part > 0 ? 1 : 0);
    for (std::uint64_t i = first_new; i < sequence; ++i) sent_at_[slot(connection, i)] = now;
    const std::size_t taken = engine_.send(connection, out_.data(), filled);
    const std::size_t position = client.sent_part + taken;
    client.sending += position / request_bytes_;
    client.sent_part = position % request_bytes_;
    if (taken < filled) break;
  }
  forget_if_lost(connection);
}

void RequestDriver::on_readable(std::size_t connection) {
  const std::size_t received = engine_.receive(connection, in_.data(), in_.size());
  if (received == 0) {
    forget_if_lost(connection);
    return;
  }
  const std::int64_t now = os::monotonic_ns();
  take(connection, in_.data(), received, now);
  if (pacer_.paced()) {
    // What fell due while others' answers were read does not wait for the end of the turn.
    if (now >= next_due_ns()) on_due(now);
  } else if (now < phase_.deadline_ns) {
    fill_pipeline(connection);
  }
  leave_if_done(connection);
  forget_if_lost(connection);
}

void RequestDriver::answer(std::size_t connection, std::uint64_t sequence, std::int64_t now_ns) {
  auto& totals = engine_.totals();
  const std::size_t at = slot(connection, sequence);
  totals.count_completed(now_ns, now_ns - sent_at_[at]);
  if (!due_at_.empty()) totals.count_paced(now_ns, due_at_[at], sent_at_[at]);
  engine_.note_answer(connection, now_ns);
  settle(connection, sequence, now_ns);
}

void RequestDriver::settle(std::size_t connection, std::uint64_t sequence, std::int64_t now_ns) {
  Client& client = clients_[connection];
  sent_at_[slot(connection, sequence)] = kSettled;
  --client.in_flight;
  --busy_;
  while (client.answered < client.next && sent_at_[slot(connection, client.answered)] == kSettled) {
    ++client.answered;
  }
  if (pacer_.open()) {
    offer(connection, now_ns);
  } else if (pacer_.paced()) {
    pacer_.think(connection, client.life, now_ns);
  }
}

// The end of connections.

/// Churn: a client that has had its answers leaves, and another comes.
void RequestDriver::leave_if_done(std::size_t connection) {
  Client& client = clients_[connection];
  if (client.in_flight > 0 || client.next < client.leave_at || !engine_.is_ready(connection)) return;
  if (over_ || client.next >= client.stop_at) return;
  ++client.life;
  client.leave_at += messages_per_connection_;
  if (in_mid_answer(connection)) ++engine_.totals().integrity.corrupt;
  left(connection);
  engine_.reconnect(connection);
}

void RequestDriver::forget_if_lost(std::size_t connection) {
  Client& client = clients_[connection];
  if (engine_.is_away(connection)) begin_anew(connection);
  if (client.forgotten || engine_.is_open(connection)) return;
  client.forgotten = true;
  busy_ -= client.in_flight;
  if (to_send_ > 0) to_send_ -= client.stop_at == kEndless ? 1 : client.stop_at - client.next;
}

/// What was under way is lost; the next connection begins with the next request.
void RequestDriver::begin_anew(std::size_t connection) {
  Client& client = clients_[connection];
  for (std::uint64_t i = client.answered; i < client.next; ++i) sent_at_[slot(connection, i)] = kSettled;
  engine_.totals().losses.requests += client.in_flight;
  busy_ -= client.in_flight;
  client.in_flight = 0;
  client.answered = client.sending = client.next;
  client.sent_part = 0;
  ++client.life;
  if (messages_per_connection_ > 0) client.leave_at = client.next + messages_per_connection_;
  left(connection);
}

void RequestDriver::close_books(bool stalled) {
  auto& totals = engine_.totals();
  stop_sending();
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    // What is there behind the last answer was not asked for: judged like any other bytes, and a part of one
    // counts too.
    if (engine_.is_ready(i)) on_readable(i);
    if (engine_.is_open(i) && in_mid_answer(i)) ++totals.integrity.corrupt;
    totals.integrity.lost += clients_[i].in_flight;
    if (stalled && clients_[i].in_flight > 0 && engine_.is_open(i)) totals.count_error(&Errors::timeout);
  }
}

}  // namespace threadmill::load
