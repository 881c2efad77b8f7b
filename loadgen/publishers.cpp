#include "loadgen/publishers.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "loadgen/payload.h"
#include "loadgen/pubsub_topic.h"
#include "loadgen/rooms.h"
#include "os/clock.h"
#include "protocol/resp_encode.h"
#include "protocol/resp_reply.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kOutBytes = 64 << 10;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// Publisher i of all is in thread i modulo the number of threads: so many threads have any.
std::uint32_t publishing_threads(const Plan& plan) { return std::min(plan.threads, plan.pubsub.publishers); }

}  // namespace

std::size_t Publishers::count_of(const Plan& plan, std::size_t thread) {
  const std::size_t all = plan.pubsub.publishers;
  return all > thread ? (all - thread + plan.threads - 1) / plan.threads : 0;
}

Publishers::Publishers(const Plan& plan, std::size_t thread, Engine& engine, PubsubShared& shared)
    : plan_(plan),
      thread_(thread),
      engine_(engine),
      shared_(shared),
      sizes_(plan.message_sizes()),
      publishers_(count_of(plan, thread)),
      ring_(std::bit_ceil(std::uint64_t{plan.pubsub.window})),
      sent_at_(publishers_.size() * ring_),
      due_at_(plan.arrivals.paced() ? sent_at_.size() : 0),
      open_(plan.arrivals.open()),
      paced_(plan.arrivals.paced()),
      arrivals_(plan.arrivals.process, plan.arrivals.rate, plan.seed, 0, 1),
      think_time_(plan.arrivals.think, plan.arrivals.think_ns, plan.seed + thread) {
  const Rooms rooms(plan.pubsub);
  std::size_t longest = 0;
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    Publisher& publisher = publishers_[i];
    publisher.number = static_cast<std::uint32_t>(thread + i * plan.threads);
    publisher.topic = rooms.topic_of_publisher(publisher.number);
    publisher.receivers = rooms.subscribers_of(publisher.topic);
    if (publisher.topic == 0) publisher.slow_receivers = plan.bystanders.slow_readers;
    prepare_commands(publisher);
    longest = std::max(longest, publisher.commands.back().bytes.size());
  }
  batch_.reserve(std::max(kOutBytes, longest));
}

void Publishers::prepare_commands(Publisher& publisher) {
  std::string payload(plan_.message_bytes, '\0');
  fill_random(payload, plan_.seed + publisher.number);
  for (std::size_t i = 0; i < sizes_.count(); ++i) {
    Command& command = publisher.commands.emplace_back();
    resp::append_command(command.bytes, {"PUBLISH", topic_name(publisher.topic),
                                         std::string_view(payload).substr(0, sizes_.bytes(i))});
    command.payload_at = command.bytes.size() - sizes_.bytes(i) - 2;
  }
}

// When to send.

void Publishers::begin(const Phase& phase, std::uint64_t phase_number) {
  phase_ = phase;
  phase_number_ = phase_number;
  sending_ = true;
  if (open_ && !publishers_.empty()) begin_arrivals(phase);
  for (auto& publisher : publishers_) {
    publisher.finished = false;
    const bool endless = phase.messages > UINT64_MAX - publisher.sent;
    publisher.stop_at = endless ? UINT64_MAX : publisher.sent + phase.messages;
    // Nothing is in flight: each place of the window begins with a time to think.
    publisher.thought_about = publisher.sent;
    publisher.late.clear();
    publisher.place_since_ns = 0;
  }
  begin_thinking();
  touch_all();
  serve_touched();
}

void Publishers::begin_arrivals(const Phase& phase) {
  const Rate& rate = phase.warmup ? plan_.arrivals.rate.initial() : plan_.arrivals.rate;
  arrivals_ = Arrivals(plan_.arrivals.process, rate, plan_.seed + phase_number_,
                       static_cast<std::uint32_t>(thread_), publishing_threads(plan_));
  arrivals_.start(phase.start_ns);
}

void Publishers::begin_thinking() {
  thinking_ = {};
  if (open_ || !paced_) return;
  const std::int64_t now = os::monotonic_ns();
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    for (std::uint32_t place = 0; place < plan_.pubsub.window; ++place) think(i, now);
  }
}

void Publishers::stop_sending() {
  sending_ = false;
  thinking_ = {};
  waiting_.clear();
  for (auto& publisher : publishers_) {
    publisher.waiting = false;
    publisher.late.clear();
  }
  touch_all();
  serve_touched();
}

/// What was due and found no free place counts with the time that it has waited: its response time is no less
/// than that.
void Publishers::end_phase() {
  stop_sending();
  if (!open_) return;
  auto& totals = engine_.totals();
  arrivals_.pop_until(phase_.deadline_ns, [&](std::int64_t due_ns) {
    ++totals.unsent;
    totals.response_time.record(phase_.deadline_ns - due_ns);
  });
}

void Publishers::touch(std::size_t index) {
  if (publishers_[index].touched) return;
  publishers_[index].touched = true;
  touched_.push_back(index);
}

void Publishers::touch_all() {
  for (std::size_t i = 0; i < publishers_.size(); ++i) touch(i);
}

void Publishers::serve_touched() {
  for (const std::size_t index : touched_) {
    publishers_[index].touched = false;
    serve(index);
  }
  touched_.clear();
}

std::uint64_t Publishers::complete(const Publisher& publisher) const {
  std::uint64_t complete = publisher.acknowledged;
  for (std::size_t thread = 0; thread < plan_.threads; ++thread) {
    complete = std::min(complete, shared_.complete(thread, publisher.number));
  }
  return complete;
}

/// Paced, the phase ends with end_phase(): what was due before the deadline may still leave until then.
bool Publishers::may_send(const Publisher& publisher, std::int64_t now_ns) const {
  return sending_ && publisher.sent < publisher.stop_at && (paced_ || now_ns < phase_.deadline_ns);
}

void Publishers::serve(std::size_t index) {
  Publisher& publisher = publishers_[index];
  if (publisher.finished || publisher.blocked || !engine_.is_open(index)) return;
  const std::uint64_t done = complete(publisher);
  const std::int64_t now = os::monotonic_ns();
  if (!may_send(publisher, now)) {
    if (done == publisher.sent) finish(publisher);
  } else if (open_) {
    await_arrival(index, done, now);
  } else if (paced_) {
    for (; publisher.thought_about < done; ++publisher.thought_about) think(index, now);
    send_late(index, now);
  } else {
    const std::uint64_t end = std::min(done + plan_.pubsub.window, publisher.stop_at);
    if (end > publisher.sent) publish(index, end - publisher.sent, 0);
  }
}

void Publishers::finish(Publisher& publisher) {
  publisher.finished = true;
  if (shared_.publisher_finished(phase_number_)) engine_.state().wake_all();
}

/// Open loop: puts it in line, if it has a place. One that had more than one has had the next for as long.
void Publishers::await_arrival(std::size_t index, std::uint64_t done, std::int64_t now_ns) {
  Publisher& publisher = publishers_[index];
  if (publisher.sent >= std::min(done + plan_.pubsub.window, publisher.stop_at)) {
    publisher.place_since_ns = 0;
    return;
  }
  if (publisher.place_since_ns == 0) publisher.place_since_ns = now_ns;
  if (publisher.waiting) return;
  publisher.waiting = true;
  waiting_.push_back(index);
}

void Publishers::think(std::size_t index, std::int64_t now_ns) {
  thinking_.push({now_ns + think_time_.next_ns(), static_cast<std::uint32_t>(index)});
}

std::int64_t Publishers::next_due_ns() const noexcept {
  if (!sending_ || publishers_.empty()) return kNever;
  std::int64_t due = phase_.deadline_ns;
  if (!waiting_.empty()) due = std::min(due, arrivals_.due_ns());
  if (!thinking_.empty()) due = std::min(due, thinking_.top().due_ns);
  return due;
}

void Publishers::on_due(std::int64_t now_ns) {
  if (!sending_) return;
  if (open_) {
    send_arrivals(now_ns);
  } else {
    send_after_thought(now_ns);
  }
  if (now_ns >= phase_.deadline_ns) end_phase();
  serve_touched();
}

void Publishers::send_arrivals(std::int64_t now_ns) {
  const std::int64_t until = std::min(now_ns + 1, phase_.deadline_ns);
  while (arrivals_.due_ns() < until && !waiting_.empty()) {
    const std::size_t index = waiting_.front();
    waiting_.pop_front();
    Publisher& publisher = publishers_[index];
    publisher.waiting = false;
    if (!engine_.is_open(index)) continue;
    const std::int64_t due = arrivals_.due_ns();
    if (send_due(index, due, std::max(due, publisher.place_since_ns))) arrivals_.pop();
    if (!publisher.blocked) await_arrival(index, complete(publisher), now_ns);
  }
}

void Publishers::send_after_thought(std::int64_t now_ns) {
  const std::int64_t until = std::min(now_ns + 1, phase_.deadline_ns);
  while (!thinking_.empty() && thinking_.top().due_ns < until) {
    const Thought thought = thinking_.top();
    thinking_.pop();
    publishers_[thought.index].late.push_back(thought.due_ns);
    send_late(thought.index, thought.due_ns);
  }
}

/// Closed loop with time to think: sends what has been thought about. `possible_ns`: since when it can.
void Publishers::send_late(std::size_t index, std::int64_t possible_ns) {
  Publisher& publisher = publishers_[index];
  while (!publisher.late.empty() && !publisher.blocked && publisher.sent < publisher.stop_at) {
    const std::int64_t due = publisher.late.front();
    if (!engine_.is_open(index) || !send_due(index, due, std::max(due, possible_ns))) return;
    publisher.late.erase(publisher.late.begin());
  }
}

/// Sends one message that was due, and could have been sent since `possible_ns`. False where the socket took
/// nothing of it: it is still to be sent.
bool Publishers::send_due(std::size_t index, std::int64_t due_ns, std::int64_t possible_ns) {
  if (publish(index, 1, due_ns) == 0) return false;
  engine_.totals().send_delay.record(sent_at_[slot(index, publishers_[index].sent - 1)] - possible_ns);
  return true;
}

// Bytes.

/// Sends that many messages, as far as the socket takes them; returns how many it has begun to take.
std::uint64_t Publishers::publish(std::size_t index, std::uint64_t messages, std::int64_t due_ns) {
  Publisher& publisher = publishers_[index];
  const std::uint64_t before = publisher.sent;
  const std::uint64_t end = before + messages;
  while (publisher.sent < end && !publisher.blocked && engine_.is_open(index)) {
    write_batch(publisher, end - publisher.sent, due_ns);
    set_send_time(index, due_ns);
    const std::uint64_t first = publisher.sent;
    // A subscriber in another thread may receive them before send() returns.
    shared_.set_sent(publisher.number, first + batch_.messages());
    const std::string_view bytes = batch_.bytes();
    const std::size_t taken = engine_.send(index, bytes.data(), bytes.size());
    publisher.sent = first + batch_.begun(taken);
    publisher.blocked = taken < bytes.size();
    if (!publisher.blocked) continue;
    publisher.place_since_ns = 0;  // a place is of no use until the socket takes more
    shared_.set_sent(publisher.number, publisher.sent);
    publisher.unsent = batch_.rest(taken);
  }
  return publisher.sent - before;
}

/// As many messages as the buffer holds, and at least one; their send time is still to be set.
void Publishers::write_batch(const Publisher& publisher, std::uint64_t messages, std::int64_t due_ns) {
  batch_.clear();
  for (std::uint64_t sequence = publisher.sent; messages > 0; ++sequence, --messages) {
    const std::size_t size = sizes_.index_of(publisher.number, sequence);
    const Command& command = publisher.commands[size];
    char* frame = batch_.add(command.bytes.size());
    if (frame == nullptr) return;
    command.bytes.copy(frame, command.bytes.size());
    stamp_payload({frame + command.payload_at, sizes_.bytes(size)},
                  {publisher.number, publisher.topic, sequence, due_ns, 0});
  }
}

/// Right before the send call: the clock, and that time in each message of the batch.
void Publishers::set_send_time(std::size_t index, std::int64_t due_ns) {
  const Publisher& publisher = publishers_[index];
  const std::int64_t now = os::monotonic_ns();
  for (std::size_t i = 0; i < batch_.messages(); ++i) {
    const std::uint64_t sequence = publisher.sent + i;
    const std::size_t size = sizes_.index_of(publisher.number, sequence);
    set_sent_time({batch_.message(i) + publisher.commands[size].payload_at, sizes_.bytes(size)}, now);
    sent_at_[slot(index, sequence)] = now;
    if (paced_) due_at_[slot(index, sequence)] = due_ns;
  }
}

void Publishers::on_writable(std::size_t index) {
  Publisher& publisher = publishers_[index];
  if (!publisher.unsent.empty()) {
    publisher.unsent.erase(0, engine_.send(index, publisher.unsent.data(), publisher.unsent.size()));
  }
  publisher.blocked = !publisher.unsent.empty();
  if (!publisher.blocked) touch(index);
}

std::size_t Publishers::on_replies(std::size_t index, std::string_view bytes, std::int64_t now) {
  std::size_t used = 0;
  while (used < bytes.size() && acknowledge(index, bytes.substr(used), used, now)) {
  }
  touch(index);
  return used;
}

/// Takes one reply; false when it is incomplete or the connection was given up.
bool Publishers::acknowledge(std::size_t index, std::string_view bytes, std::size_t& used, std::int64_t now) {
  resp::Reply reply;
  const auto result = resp::parse_reply(bytes, reply, {.bulk_bytes = 64 << 10, .elements = 64, .depth = 2});
  if (result.status == resp::ReplyStatus::incomplete) return false;
  Publisher& publisher = publishers_[index];
  const bool expected = reply.kind == resp::ReplyKind::integer || reply.kind == resp::ReplyKind::error;
  if (result.status == resp::ReplyStatus::malformed || !expected ||
      publisher.acknowledged == publisher.sent) {
    const char* what = result.reason != nullptr ? result.reason : "a reply to nothing that was sent";
    engine_.lose(index, Loss::protocol,
                 fmt::format("the server does not speak RESP2 to a publisher: {}", what));
    return false;
  }
  used += result.consumed;
  auto& totals = engine_.totals();
  if (reply.kind == resp::ReplyKind::error) {
    totals.count_error(&Errors::server);
    refused(reply.text);
  } else {
    const std::size_t at = slot(index, publisher.acknowledged);
    totals.count_completed(now, now - sent_at_[at]);
    if (paced_) totals.count_paced(now, due_at_[at], sent_at_[at]);
    const std::int64_t slow = reply.integer - publisher.receivers;
    if (slow < 0 || slow > publisher.slow_receivers) ++totals.integrity.corrupt;
  }
  ++publisher.acknowledged;
  return true;
}

void Publishers::refused(std::string_view error) {
  engine_.state().fail(fmt::format("the server answered PUBLISH with an error: {}", error.substr(0, 200)));
}

std::uint64_t Publishers::in_flight() const {
  std::uint64_t sum = 0;
  for (const auto& publisher : publishers_) sum += publisher.sent - publisher.acknowledged;
  return sum;
}

bool Publishers::waits(std::size_t index) const {
  const Publisher& publisher = publishers_[index];
  return publisher.acknowledged < publisher.sent;
}

}  // namespace threadmill::load
