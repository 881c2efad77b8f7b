#include "loadgen/echo_driver.h"

#include <bit>
#include <limits>

#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr std::int64_t kSettled = -1;
constexpr std::size_t kInBytes = 64 << 10;
constexpr std::size_t kOutBytes = 64 << 10;

}  // namespace

std::size_t EchoDriver::connections_of(const Plan& plan, std::size_t thread) {
  return (plan.echo.connections - thread + plan.threads - 1) / plan.threads;
}

EchoDriver::EchoDriver(const Plan& plan, std::size_t thread, Engine& engine)
    : engine_(engine),
      threads_(plan.threads),
      thread_(thread),
      pipeline_(plan.echo.pipeline),
      messages_(plan.message_bytes, plan.echo.connections, plan.seed),
      ring_(std::bit_ceil(std::uint64_t{plan.echo.pipeline})),
      clients_(connections_of(plan, thread)),
      sent_at_(clients_.size() * ring_, kSettled),
      out_(kOutBytes),
      in_(kInBytes) {}

void EchoDriver::on_connected(std::size_t connection) {
  engine_.ready(connection);
  if (sending_) send_more(connection, os::monotonic_ns());
}

void EchoDriver::begin(const Phase& phase) {
  phase_ = phase;
  sending_ = true;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    Client& client = clients_[i];
    const bool endless = phase.messages > std::numeric_limits<std::uint64_t>::max() - client.next;
    client.stop_at = endless ? phase.messages : client.next + phase.messages;
    if (engine_.is_ready(i)) send_more(i, os::monotonic_ns());
  }
}

void EchoDriver::stop_sending() { sending_ = false; }

void EchoDriver::send_more(std::size_t connection, std::int64_t now) {
  if (!sending_ || now >= phase_.deadline_ns) return;
  Client& client = clients_[connection];
  const std::uint64_t end = std::min(client.answered + pipeline_, client.stop_at);
  if (client.next >= end) return;
  const auto added = static_cast<std::uint32_t>(end - client.next);
  for (; client.next < end; ++client.next) sent_at(connection, client.next) = now;
  client.in_flight += added;
  busy_ += added;
  push_bytes(connection);
}

void EchoDriver::push_bytes(std::size_t connection) {
  Client& client = clients_[connection];
  const std::size_t size = messages_.size();
  while (client.sending < client.next) {
    // As many messages, or the part of one, as the buffer holds.
    std::size_t filled = 0;
    std::uint64_t sequence = client.sending;
    std::size_t offset = client.sent_part;
    while (sequence < client.next && filled < out_.size()) {
      const std::size_t count = std::min(size - offset, out_.size() - filled);
      messages_.write(out_.data() + filled, number_of(connection), sequence, offset, count);
      filled += count;
      ++sequence;
      offset = 0;
    }
    const std::size_t taken = engine_.send(connection, out_.data(), filled);
    const std::size_t position = client.sent_part + taken;
    client.sending += position / size;
    client.sent_part = position % size;
    if (taken < filled) break;
  }
  forget_if_lost(connection);
}

void EchoDriver::on_writable(std::size_t connection) { push_bytes(connection); }

void EchoDriver::on_readable(std::size_t connection) {
  std::size_t left = engine_.receive(connection, in_.data(), in_.size());
  if (left == 0) {
    forget_if_lost(connection);
    return;
  }
  const std::int64_t now = os::monotonic_ns();
  Client& client = clients_[connection];
  const char* bytes = in_.data();
  const std::size_t size = messages_.size();
  while (left > 0) {
    std::size_t used = size;
    if (client.got_part == 0 && left >= size && client.in_flight > 0 &&
        messages_.equals(bytes, number_of(connection), client.answered)) [[likely]] {
      answer(connection, client.answered, now);
    } else {
      used = take_part(connection, bytes, left, now);
    }
    bytes += used;
    left -= used;
  }
  send_more(connection, now);
}

/// Takes what belongs to the answer under way, judges it when it is whole, and returns how much that was.
std::size_t EchoDriver::take_part(std::size_t connection, const char* bytes, std::size_t size,
                                  std::int64_t now) {
  Client& client = clients_[connection];
  const std::size_t count = std::min(size, messages_.size() - client.got_part);
  const std::size_t head = messages_.stamp_bytes();
  std::size_t in_head = 0;
  if (client.got_part < head) {
    in_head = std::min(head - client.got_part, count);
    std::memcpy(client.head.data() + client.got_part, bytes, in_head);
  }
  if (!messages_.filler_equals(bytes + in_head, number_of(connection), client.got_part + in_head,
                               count - in_head)) {
    client.got_wrong = true;
  }
  client.got_part += count;
  if (client.got_part == messages_.size()) {
    judge(connection, now);
    client.got_part = 0;
    client.got_wrong = false;
  }
  return count;
}

/// A whole answer that did not simply equal the one that is due.
void EchoDriver::judge(std::size_t connection, std::int64_t now) {
  Client& client = clients_[connection];
  auto& integrity = engine_.totals().integrity;
  const std::uint64_t due = messages_.stamp(number_of(connection), client.answered);
  const bool due_head = std::memcmp(client.head.data(), &due, messages_.stamp_bytes()) == 0;
  if (client.in_flight > 0 && due_head && !client.got_wrong) {
    answer(connection, client.answered, now);
    return;
  }
  std::uint64_t stamp = 0;
  std::memcpy(&stamp, client.head.data(), sizeof stamp);
  const auto origin = messages_.origin(stamp);
  if (origin && origin->connection != number_of(connection)) {
    ++integrity.misdelivered;
  } else if (!origin || client.got_wrong || origin->sequence >= client.next) {
    ++integrity.corrupt;
  } else if (origin->sequence < client.answered || sent_at(connection, origin->sequence) == kSettled) {
    ++integrity.repeated;
    return;  // the answer that is due is still to come
  } else {
    answer(connection, origin->sequence, now);  // early; the one overtaken is counted when it comes
    return;
  }
  // It stands in the place of the answer that was due: go on with the next.
  if (client.in_flight > 0) settle(connection, client.answered);
}

void EchoDriver::answer(std::size_t connection, std::uint64_t sequence, std::int64_t now) {
  Client& client = clients_[connection];
  auto& totals = engine_.totals();
  if (sequence < client.highest) {
    ++totals.integrity.reordered;
  } else {
    client.highest = sequence + 1;
  }
  totals.service_time.record(now - sent_at(connection, sequence));
  totals.last_completion_ns = now;
  totals.count_completed(now);
  settle(connection, sequence);
}

void EchoDriver::settle(std::size_t connection, std::uint64_t sequence) {
  Client& client = clients_[connection];
  sent_at(connection, sequence) = kSettled;
  --client.in_flight;
  --busy_;
  while (client.answered < client.next && sent_at(connection, client.answered) == kSettled) ++client.answered;
}

void EchoDriver::forget_if_lost(std::size_t connection) {
  Client& client = clients_[connection];
  if (client.forgotten || engine_.is_open(connection)) return;
  client.forgotten = true;
  busy_ -= client.in_flight;
}

void EchoDriver::close_books(bool stalled) {
  auto& totals = engine_.totals();
  sending_ = false;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    // What is there behind the last answer was not asked for: judged like any other bytes, and a part of one
    // counts too.
    if (engine_.is_ready(i)) on_readable(i);
    if (engine_.is_open(i) && clients_[i].got_part > 0) ++totals.integrity.corrupt;
    totals.integrity.lost += clients_[i].in_flight;
    if (stalled && clients_[i].in_flight > 0 && engine_.is_open(i)) ++totals.errors.timeout;
  }
}

}  // namespace threadmill::load
