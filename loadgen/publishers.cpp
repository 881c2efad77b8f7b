#include "loadgen/publishers.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <span>

#include "loadgen/pubsub_topic.h"
#include "loadgen/seating.h"
#include "os/clock.h"
#include "protocol/message_sum.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kLeastOutBytes = 64 << 10;
// In the place of a send time: the message has its answer, and one before it has none yet.
constexpr std::int64_t kAnswered = -1;
/// Publisher i of all is in thread i modulo the number of threads: so many threads have any.
std::uint32_t publishing_threads(const Plan& plan) { return std::min(plan.threads, plan.pubsub.publishers); }

}  // namespace

std::size_t Publishers::count_of(const Plan& plan, std::size_t thread) {
  const std::size_t all = plan.pubsub.publishers;
  return all > thread ? (all - thread + plan.threads - 1) / plan.threads : 0;
}

Publishers::Publishers(const Plan& plan, std::size_t thread, Engine& engine, PubsubShared& shared,
                       const PubsubProtocol& protocol)
    : plan_(plan),
      engine_(engine),
      shared_(shared),
      protocol_(protocol),
      form_(protocol.text_only()),
      sizes_(plan.message_sizes()),
      publishers_(count_of(plan, thread)),
      ring_(std::bit_ceil(std::uint64_t{plan.pubsub.window})),
      sent_at_(publishers_.size() * ring_),
      due_at_(plan.arrivals.paced() ? sent_at_.size() : 0),
      told_(plan.pubsub.confirm ? sent_at_.size() : 0),
      pacer_(plan.arrivals, plan.seed, thread, publishing_threads(plan)),
      record_(shared.record()) {
  const Seating seating(plan.pubsub);
  std::size_t longest = 0;
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    Publisher& publisher = publishers_[i];
    publisher.number = static_cast<std::uint32_t>(thread + i * plan.threads);
    publisher.topic = seating.topic_of_publisher(publisher.number);
    publisher.receivers = seating.subscribers_of(publisher.topic);
    if (protocol_.publishers_hear_one_another())
      publisher.receivers += seating.publishers_of(publisher.topic) - 1;
    if (publisher.topic == 0) publisher.slow_receivers = plan.bystanders.slow_readers;
    prepare_commands(publisher);
    longest = std::max(longest, publisher.commands.back().bytes.size());
  }
  batch_.reserve(std::max(kLeastOutBytes, longest));
}

void Publishers::prepare_commands(Publisher& publisher) {
  std::string payload(plan_.message_bytes, '\0');
  form_.fill(payload, plan_.seed + publisher.number);
  for (std::size_t i = 0; i < sizes_.count(); ++i) {
    publisher.commands.push_back(protocol_.publish_command(
        topic_name(publisher.topic), std::string_view(payload).substr(0, sizes_.bytes(i))));
  }
}

void Publishers::greet(std::size_t index) {
  const Publisher& publisher = publishers_[index];
  const std::string greeting = protocol_.publisher_greeting(publisher.number, topic_name(publisher.topic));
  if (greeting.empty()) {
    engine_.ready(index);
  } else {
    // A new connection has room for so little; if not, it is never confirmed and that is reported.
    engine_.send(index, greeting.data(), greeting.size());
  }
}

std::size_t Publishers::on_greeting(std::size_t index, std::string_view bytes) {
  const Greeting greeting = protocol_.read_publisher_greeting(bytes);
  if (greeting.status == Greeting::Status::incomplete) return 0;
  if (greeting.status == Greeting::Status::confirmed) {
    engine_.ready(index);
    return greeting.bytes;
  }
  if (greeting.status == Greeting::Status::refused) engine_.totals().count_error(&Errors::server);
  engine_.lose(index, Loss::protocol, greeting.reason);
  return 0;
}

// When to send.

void Publishers::begin(const Phase& phase, std::uint64_t phase_number) {
  phase_ = phase;
  phase_number_ = phase_number;
  sending_ = true;
  const std::int64_t now = os::monotonic_ns();
  if (!publishers_.empty()) pacer_.begin(phase);
  for (auto& publisher : publishers_) {
    publisher.finished = false;
    const bool endless = phase.messages > UINT64_MAX - publisher.sent;
    publisher.stop_at = endless ? UINT64_MAX : publisher.sent + phase.messages;
    // Nothing is in flight: each place of the window begins with a time to think.
    publisher.thought_about = publisher.sent;
    publisher.late.clear();
    publisher.place_since_ns = 0;
  }
  begin_thinking(now);
  touch_all();
  serve_touched();
}

void Publishers::begin_thinking(std::int64_t now_ns) {
  if (pacer_.open() || !pacer_.paced()) return;
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    for (std::uint32_t place = 0; place < plan_.pubsub.window; ++place) pacer_.think_on(i, 0, now_ns);
  }
}

void Publishers::stop_sending() {
  sending_ = false;
  pacer_.stop();
  waiting_.clear();
  for (auto& publisher : publishers_) {
    publisher.waiting = false;
    publisher.late.clear();
  }
  touch_all();
  serve_touched();
}

/// What is unsent found no free place.
void Publishers::end_phase() {
  stop_sending();
  pacer_.end([&](std::int64_t due_ns) { engine_.totals().count_unsent(phase_.deadline_ns, due_ns); });
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
  if (plan_.pubsub.confirm && publisher.receivers > 0) complete = std::min(complete, publisher.confirmed);
  return complete;
}

/// Paced, the phase ends with end_phase(): what was due before the deadline may still leave until then.
bool Publishers::may_send(const Publisher& publisher, std::int64_t now_ns) const {
  return sending_ && publisher.sent < publisher.stop_at && (pacer_.paced() || now_ns < phase_.deadline_ns);
}

void Publishers::serve(std::size_t index) {
  Publisher& publisher = publishers_[index];
  if (publisher.finished || publisher.blocked || !engine_.is_open(index)) return;
  const std::uint64_t done = complete(publisher);
  const std::int64_t now = os::monotonic_ns();
  if (!may_send(publisher, now)) {
    if (done == publisher.sent) finish(publisher);
  } else if (pacer_.open()) {
    await_arrival(index, done, now);
  } else if (pacer_.paced()) {
    for (; publisher.thought_about < done; ++publisher.thought_about) pacer_.think(index, 0, now);
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

std::int64_t Publishers::next_due_ns() const noexcept { return pacer_.next_due_ns(!waiting_.empty()); }

void Publishers::on_due(std::int64_t now_ns) {
  if (!sending_) return;
  if (pacer_.open()) {
    send_arrivals(now_ns);
  } else {
    send_after_thought(now_ns);
  }
  if (now_ns >= phase_.deadline_ns) end_phase();
  serve_touched();
}

void Publishers::send_arrivals(std::int64_t now_ns) {
  while (!waiting_.empty()) {
    const auto due = pacer_.arrival(now_ns);
    if (!due) return;
    const std::size_t index = waiting_.front();
    waiting_.pop_front();
    Publisher& publisher = publishers_[index];
    publisher.waiting = false;
    if (!engine_.is_open(index)) continue;
    if (send_due(index, *due, std::max(*due, publisher.place_since_ns))) pacer_.pop_arrival();
    if (!publisher.blocked) await_arrival(index, complete(publisher), now_ns);
  }
}

void Publishers::send_after_thought(std::int64_t now_ns) {
  while (const auto thought = pacer_.pop_thought(now_ns)) {
    publishers_[thought->who].late.push_back(thought->due_ns);
    send_late(thought->who, thought->due_ns);
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
    if (record_.wanted()) record_sent(publisher, first);
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
    const PublishCommand& command = publisher.commands[size];
    char* frame = batch_.add(command.bytes.size());
    if (frame == nullptr) return;
    command.bytes.copy(frame, command.bytes.size());
    form_.stamp({frame + command.payload_at, sizes_.bytes(size)},
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
    const PublishCommand& command = publisher.commands[size];
    const std::span payload(batch_.message(i) + command.payload_at, sizes_.bytes(size));
    form_.set_sent_time(payload, now);
    if (plan_.pubsub.confirm) {
      fmt::format_to_n(batch_.message(i) + command.id_at, kConfirmIdDigits, "{:020}", sequence);
      protocol::sum_text(protocol::xxh3({payload.data(), payload.size()}))
          .copy(batch_.message(i) + command.sum_at, kConfirmSumDigits);
    }
    sent_at_[slot(index, sequence)] = now;
    if (!due_at_.empty()) due_at_[slot(index, sequence)] = due_ns;
  }
}

/// What of the batch was begun to be sent; its first message is number `first`.
void Publishers::record_sent(const Publisher& publisher, std::uint64_t first) {
  for (std::uint64_t sequence = first; sequence < publisher.sent; ++sequence) {
    const std::size_t size = sizes_.index_of(publisher.number, sequence);
    const char* payload = batch_.message(sequence - first) + publisher.commands[size].payload_at;
    record_.sent(publisher.number, sequence, {payload, sizes_.bytes(size)});
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
  answers_.clear();
  const std::size_t used = protocol_.read_answers(bytes, answers_);
  for (const Answer& answer : answers_) {
    if (!take_answer(index, answer, now)) break;
  }
  touch(index);
  return used;
}

/// False when the connection was given up.
bool Publishers::take_answer(std::size_t index, const Answer& answer, std::int64_t now) {
  if (answer.kind == Answer::Kind::asks) {
    send_aside(index, answer.text);
    return true;
  }
  if (answer.kind == Answer::Kind::confirmed) {
    take_confirmation(index, answer);
    return true;
  }
  if (answer.kind == Answer::Kind::complains) {
    tell_error(answer);
    return true;
  }
  const bool is_malformed = answer.kind == Answer::Kind::malformed;
  if (!is_malformed &&
      (answer.number == 0 ? take_oldest(index, answer, now) : take_numbered(index, answer, now)))
    return true;
  engine_.lose(index, Loss::protocol,
               fmt::format("the server does not speak {} to a publisher: {}", protocol_.name(),
                           is_malformed ? answer.text : "a reply to nothing that was sent"));
  return false;
}

/// False where it answers nothing.
bool Publishers::take_oldest(std::size_t index, const Answer& answer, std::int64_t now) {
  Publisher& publisher = publishers_[index];
  if (publisher.acknowledged == publisher.sent) return false;
  acknowledge(index, publisher.acknowledged, answer, now);
  ++publisher.acknowledged;
  return true;
}

/// One message, or all up to it. False where it answers nothing, or what has its answer.
bool Publishers::take_numbered(std::size_t index, const Answer& answer, std::int64_t now) {
  Publisher& publisher = publishers_[index];
  const std::uint64_t last = answer.number - 1;
  if (last < publisher.acknowledged || last >= publisher.sent) return false;
  if (sent_at_[slot(index, last)] == kAnswered) return false;
  for (std::uint64_t sequence = answer.and_before ? publisher.acknowledged : last; sequence <= last;
       ++sequence) {
    std::int64_t& sent_at = sent_at_[slot(index, sequence)];
    if (sent_at == kAnswered) continue;
    acknowledge(index, sequence, answer, now);
    sent_at = kAnswered;
  }
  while (publisher.acknowledged < publisher.sent &&
         sent_at_[slot(index, publisher.acknowledged)] == kAnswered)
    ++publisher.acknowledged;
  return true;
}

void Publishers::tell_error(const Answer& answer) {
  engine_.totals().count_error(&Errors::server);
  engine_.state().fail(fmt::format("the server answered {} with an error: {}", protocol_.publish_word(),
                                   std::string_view(answer.text).substr(0, 200)));
}

/// It has been taken, or refused.
void Publishers::acknowledge(std::size_t index, std::uint64_t sequence, const Answer& answer,
                             std::int64_t now) {
  if (answer.kind == Answer::Kind::refused) {
    tell_error(answer);
    return;
  }
  const Publisher& publisher = publishers_[index];
  auto& totals = engine_.totals();
  record_.confirmed(publisher.number, sequence);
  const std::size_t at = slot(index, sequence);
  totals.count_completed(now, now - sent_at_[at]);
  if (!due_at_.empty()) totals.count_paced(now, due_at_[at], sent_at_[at]);
  if (answer.receivers == Answer::kNotTold) return;
  const std::int64_t slow = answer.receivers - publisher.receivers;
  if (slow < 0 || slow > publisher.slow_receivers) ++totals.integrity.corrupt;
}

/// So many subscribers of a message of ours have it whole.
void Publishers::take_confirmation(std::size_t index, const Answer& answer) {
  Publisher& publisher = publishers_[index];
  const bool in_flight = answer.sequence < publisher.sent && publisher.sent - answer.sequence <= ring_;
  Told nobody;
  Told& told = in_flight ? told_[slot(index, answer.sequence)] : nobody;
  if (told.end != answer.sequence + 1) told = {.end = answer.sequence + 1};
  // Each receiver's word is told once: one more each time, up to all of them.
  if (!in_flight || answer.receivers != ++told.receivers || answer.receivers > publisher.receivers) {
    ++engine_.totals().integrity.corrupt;
  } else if (answer.receivers == publisher.receivers) {
    ++publisher.confirmed;
  }
}

/// Sends what is no message, between two messages.
void Publishers::send_aside(std::size_t index, std::string_view bytes) {
  Publisher& publisher = publishers_[index];
  if (!publisher.blocked) {
    bytes.remove_prefix(engine_.send(index, bytes.data(), bytes.size()));
    publisher.blocked = !bytes.empty();
  }
  publisher.unsent += bytes;
}

std::uint64_t Publishers::in_flight() const {
  std::uint64_t sum = 0;
  for (const auto& publisher : publishers_) sum += publisher.sent - publisher.acknowledged;
  return sum;
}

bool Publishers::any_waits() const {
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    if (waits(i)) return true;
  }
  return false;
}

bool Publishers::waits(std::size_t index) const {
  const Publisher& publisher = publishers_[index];
  const bool unconfirmed =
      plan_.pubsub.confirm && publisher.receivers > 0 && publisher.confirmed < publisher.sent;
  return publisher.acknowledged < publisher.sent || unconfirmed;
}

}  // namespace threadmill::load
