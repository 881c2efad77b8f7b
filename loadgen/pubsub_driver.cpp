#include "loadgen/pubsub_driver.h"

#include <algorithm>
#include <cstring>

#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kLeastInBytes =
    128 << 10;  // large enough that a system call pays, small enough for the L2 cache

}  // namespace

std::size_t PubsubDriver::connections_of(const Plan& plan, std::size_t thread) {
  return Publishers::count_of(plan, thread) + Subscribers::count_of(plan, thread);
}

PubsubDriver::PubsubDriver(const Plan& plan, std::size_t thread, Engine& engine, PubsubShared& shared)
    : paced_(plan.arrivals.paced()),
      threads_(plan.threads),
      thread_(thread),
      engine_(engine),
      shared_(shared),
      protocol_(make_pubsub_protocol(plan)),
      publishers_(plan, thread, engine, shared, *protocol_),
      subscribers_(plan, thread, engine, shared, *protocol_, publishers_.size()),
      kept_(publishers_.size() + subscribers_.size()),
      in_(std::max(kLeastInBytes, std::size_t{plan.message_bytes} * 3 + (64 << 10))),
      to_wake_(plan.threads) {}

void PubsubDriver::on_connected(std::size_t connection) {
  if (is_publisher(connection)) {
    publishers_.greet(connection);
  } else {
    subscribers_.greet(connection - publishers_.size());
  }
}

void PubsubDriver::on_readable(std::size_t connection) {
  std::string& kept = kept_[connection];
  const std::size_t before = kept.size();
  if (before == in_.size()) {
    engine_.lose(connection, Loss::protocol, "the server sent a reply that is too long");
    return;
  }
  std::memcpy(in_.data(), kept.data(), before);
  const std::size_t received = engine_.receive(connection, in_.data() + before, in_.size() - before);
  if (received == 0) return;
  const std::int64_t now = os::monotonic_ns();
  kept.assign(consume(connection, {in_.data(), before + received}, before, now));
  if (!paced_) return;
  // A place that became free, and what fell due while others' bytes were read, do not wait for the end of the
  // turn.
  pass_on_progress();
  publishers_.serve_touched();
  if (now >= next_due_ns()) on_due(now);
}

/// Takes what is complete of `bytes`, of which those from `fresh_at` on have just been received. Returns the
/// rest.
std::string_view PubsubDriver::consume(std::size_t connection, std::span<char> bytes, std::size_t fresh_at,
                                       std::int64_t now) {
  if (!engine_.is_ready(connection)) {
    const std::size_t greeting = take_greeting(connection, {bytes.data(), bytes.size()});
    bytes = bytes.subspan(greeting);
    if (!engine_.is_ready(connection)) return {bytes.data(), bytes.size()};
    fresh_at = 0;
  }
  if (is_publisher(connection)) {
    const std::string_view replies(bytes.data(), bytes.size());
    return replies.substr(publishers_.on_replies(connection, replies, now));
  }
  const std::size_t index = connection - publishers_.size();
  const std::size_t fresh = subscribers_.unframe(index, bytes.subspan(fresh_at));
  const std::string_view pushes(bytes.data(), fresh_at + fresh);
  return pushes.substr(subscribers_.on_pushes(index, pushes, now));
}

std::size_t PubsubDriver::take_greeting(std::size_t connection, std::string_view bytes) {
  return is_publisher(connection) ? publishers_.on_greeting(connection, bytes)
                                  : subscribers_.on_greeting(connection - publishers_.size(), bytes);
}

void PubsubDriver::on_writable(std::size_t connection) {
  if (is_publisher(connection)) {
    publishers_.on_writable(connection);
  } else {
    subscribers_.on_writable(connection - publishers_.size());
  }
}

/// Publishers whose messages have come further: of this thread, or of threads that are then to be woken.
void PubsubDriver::pass_on_progress() {
  for (const std::uint32_t publisher : subscribers_.take_advanced()) {
    const std::size_t owner = publisher % threads_;
    if (owner == thread_) {
      publishers_.touch(publisher / threads_);
    } else {
      to_wake_[owner] = 1;
    }
  }
}

void PubsubDriver::on_turn_end(bool woken) {
  pass_on_progress();
  for (std::size_t thread = 0; thread < threads_; ++thread) {
    if (to_wake_[thread] == 0) continue;
    to_wake_[thread] = 0;
    engine_.state().wake(thread);
  }
  if (woken) publishers_.touch_all();
  publishers_.serve_touched();
}

void PubsubDriver::begin(const Phase& phase) { publishers_.begin(phase, ++phase_number_); }

void PubsubDriver::stop_sending() { publishers_.stop_sending(); }

void PubsubDriver::close_books(bool stalled) {
  publishers_.stop_sending();
  for (std::size_t connection = 0; connection < kept_.size(); ++connection) {
    // What is there behind the last message was not asked for: judged like any other, and a part of one
    // counts too.
    if (!engine_.is_ready(connection)) continue;
    on_readable(connection);
    if (!kept_[connection].empty()) ++engine_.totals().integrity.corrupt;
  }
  subscribers_.close_books();
  if (!stalled) return;
  for (std::size_t connection = 0; connection < kept_.size(); ++connection) {
    const bool waits = is_publisher(connection) ? publishers_.waits(connection)
                                                : subscribers_.waits(connection - publishers_.size());
    if (waits && engine_.is_open(connection)) engine_.totals().count_error(&Errors::timeout);
  }
}

}  // namespace threadmill::load
