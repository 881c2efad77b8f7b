#include "loadgen/followed_pubsub.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

#include "loadgen/pubsub_topic.h"
#include "loadgen/seating.h"
#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kInBytes = 128 << 10;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kAgainNs =
    10'000'000;  // after a refusal: long enough not to be what keeps the server busy
constexpr std::size_t kMostLedgerBytes = std::size_t{1} << 30;
constexpr std::size_t kMostQuotedBytes = 200;

std::int64_t in_ns(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

std::vector<std::uint32_t> topics_of_publishers(const Plan& plan) {
  const Seating seating(plan.pubsub);
  std::vector<std::uint32_t> topics;
  for (std::uint32_t i = 0; i < plan.pubsub.publishers; ++i) topics.push_back(seating.topic_of_publisher(i));
  return topics;
}

std::vector<std::uint32_t> topics_of_subscribers(const Plan& plan) {
  const Seating seating(plan.pubsub);
  std::vector<std::uint32_t> topics;
  for (std::uint32_t i = 0; i < plan.pubsub.subscribers; ++i)
    topics.push_back(seating.topic_of_subscriber(i));
  return topics;
}

}  // namespace

FollowedPubsub::FollowedPubsub(const Plan& plan, Engine& engine)
    : plan_(plan),
      engine_(engine),
      protocol_(make_pubsub_protocol(plan)),
      form_(protocol_->text_only()),
      publishers_(plan.pubsub.publishers),
      subscribers_(plan.pubsub.subscribers),
      pending_(publishers_.size() + subscribers_.size()),
      ledger_(topics_of_publishers(plan), topics_of_subscribers(plan)),
      pacer_(plan.arrivals, plan.seed, 0, 1),
      in_(std::max(kInBytes, std::size_t{plan.message_bytes} * 3 + (64 << 10))),
      began_ns_(os::monotonic_ns()) {
  const Seating seating(plan.pubsub);
  std::string payload(plan.message_bytes, '\0');
  for (std::uint32_t i = 0; i < publishers_.size(); ++i) {
    publishers_[i].topic = seating.topic_of_publisher(i);
    form_.fill(payload, plan.seed + i);
    publishers_[i].command = protocol_->publish_command(topic_name(publishers_[i].topic), payload);
  }
  for (std::uint32_t i = 0; i < subscribers_.size(); ++i)
    subscribers_[i].topic = seating.topic_of_subscriber(i);
}

// Connections.

void FollowedPubsub::on_connected(std::size_t connection) {
  Pending& pending = pending_[connection];
  pending.unsent.clear();
  pending.unread.clear();
  if (is_publisher(connection)) {
    const auto number = static_cast<std::uint32_t>(connection);
    const auto greeting = protocol_->publisher_greeting(number, topic_name(publishers_[connection].topic));
    if (!greeting.empty()) return send(connection, greeting);
    engine_.ready(connection);
    pending.was_ready = true;
    return publish_again(connection);
  }
  const auto number = static_cast<std::uint32_t>(connection - publishers_.size());
  Subscriber& subscriber = subscribers_[number];
  subscriber.body.reset();
  if (pending.was_ready) subscriber.returned_ns = os::monotonic_ns();
  send(connection, pending.was_ready ? protocol_->return_command(number, topic_name(subscriber.topic))
                                     : protocol_->subscribe_command(number, topic_name(subscriber.topic)));
}

void FollowedPubsub::send(std::size_t connection, std::string_view bytes) {
  std::string& unsent = pending_[connection].unsent;
  if (!unsent.empty()) {
    unsent += bytes;
    return;
  }
  unsent = bytes.substr(engine_.send(connection, bytes.data(), bytes.size()));
}

void FollowedPubsub::on_writable(std::size_t connection) {
  std::string& unsent = pending_[connection].unsent;
  unsent.erase(0, engine_.send(connection, unsent.data(), unsent.size()));
}

void FollowedPubsub::on_readable(std::size_t connection) {
  std::string& unread = pending_[connection].unread;
  if (unread.size() >= in_.size()) {
    engine_.lose(connection, Loss::protocol, "the server sent a reply that is too long");
    return;
  }
  const std::size_t received = engine_.receive(connection, in_.data(), in_.size());
  if (received == 0) return;
  const std::int64_t now = os::monotonic_ns();
  std::span<char> fresh(in_.data(), received);
  const bool was_ready = engine_.is_ready(connection);
  const bool chunked =
      was_ready && !is_publisher(connection) && subscribers_[connection - publishers_.size()].body;
  if (chunked) fresh = fresh.first(subscribers_[connection - publishers_.size()].body->decode(fresh));
  unread.append(fresh.data(), fresh.size());
  if (!was_ready && !take_greeting(connection, unread)) return;
  if (is_publisher(connection)) {
    take_answers(connection, unread, now);
  } else {
    take_pushes(connection - publishers_.size(), unread, now);
  }
}

/// Whether the connection is ready now. A server that is there and not ready yet is asked again.
bool FollowedPubsub::take_greeting(std::size_t connection, std::string& bytes) {
  const bool publishes = is_publisher(connection);
  const Greeting greeting =
      publishes ? protocol_->read_publisher_greeting(bytes) : protocol_->read_subscriber_greeting(bytes);
  if (greeting.status == Greeting::Status::incomplete) return false;
  Pending& pending = pending_[connection];
  if (greeting.status != Greeting::Status::confirmed) {
    const bool refused = greeting.status == Greeting::Status::refused;
    if (refused && !pending.was_ready) engine_.totals().count_error(&Errors::server);
    engine_.lose(connection, refused && pending.was_ready ? Loss::closed : Loss::protocol, greeting.reason);
    return false;
  }
  bytes.erase(0, greeting.bytes);
  engine_.ready(connection);
  const std::int64_t now = os::monotonic_ns();
  if (!publishes) {
    Subscriber& subscriber = subscribers_[connection - publishers_.size()];
    engine_.note_answer(connection, now);
    if (greeting.chunked) {
      subscriber.body = std::make_unique<ChunkedBody>();
      bytes.resize(subscriber.body->decode(bytes));
    }
  }
  pending.was_ready = true;
  if (publishes) publish_again(connection);
  return true;
}

// Publishing.

void FollowedPubsub::begin(const Phase& phase) {
  phase_ = phase;
  sending_ = true;
  measured_ = !phase.warmup;
  if (measured_) continuity_.first_refusal_ns = 0;
  const std::int64_t now = os::monotonic_ns();
  confirmed_ns_ = now;
  for (auto& subscriber : subscribers_) subscriber.heard_ns = now;
  note_progress(now);
  if (measured_ && plan_.absence.for_s > 0) absence_ = Absence::to_come;
  pacer_.begin(phase);
  send_due(now);
}

void FollowedPubsub::stop_sending() {
  sending_ = false;
  pacer_.stop();
}

/// What is due goes to any publisher whose last message was answered for.
void FollowedPubsub::send_due(std::int64_t now_ns) {
  for (std::size_t i = 0; i < publishers_.size() && sending_; ++i) {
    if (publishers_[i].under_way || !engine_.is_ready(i)) continue;
    if (!pacer_.open()) {
      publish_next(i, 0, now_ns);
      continue;
    }
    const auto due = pacer_.arrival(now_ns);
    if (!due) return;
    pacer_.pop_arrival();
    publish_next(i, *due, now_ns);
  }
}

void FollowedPubsub::publish_next(std::size_t index, std::int64_t due_ns, std::int64_t now_ns) {
  Publisher& publisher = publishers_[index];
  const auto number = static_cast<std::uint32_t>(index);
  publisher.sequence = ledger_.begin(number, now_ns);
  publisher.due_ns = due_ns;
  publisher.sent_ns = now_ns;
  publisher.under_way = true;
  form_.stamp({publisher.command.bytes.data() + publisher.command.payload_at, plan_.message_bytes},
              {number, publisher.topic, publisher.sequence, due_ns, now_ns});
  ++continuity_.published;
  if (pacer_.open()) engine_.totals().send_delay.record(now_ns - due_ns);
  publish_again(index);
  if (ledger_.size_bytes() > kMostLedgerBytes)
    engine_.state().fail(
        "more messages than can be followed singly (1 GiB of account): publish fewer (a rate, a "
        "shorter time), or to fewer subscribers");
}

/// Nothing where there is nothing to publish, or no connection: then as soon as there is one.
void FollowedPubsub::publish_again(std::size_t index) {
  Publisher& publisher = publishers_[index];
  publisher.again_at_ns = 0;
  if (!publisher.under_way || !engine_.is_ready(index)) return;
  ++continuity_.attempts;
  send(index, publisher.command.bytes);
}

void FollowedPubsub::take_answers(std::size_t index, std::string& bytes, std::int64_t now_ns) {
  answers_.clear();
  bytes.erase(0, protocol_->read_answers(bytes, answers_));
  for (const Answer& answer : answers_) {
    Publisher& publisher = publishers_[index];
    if (answer.kind == Answer::Kind::asks) {
      send(index, answer.text);
      continue;
    }
    if (answer.kind == Answer::Kind::complains) {
      engine_.lose(index, Loss::closed, answer.text);
      return;
    }
    const bool awaited = publisher.under_way && publisher.again_at_ns == 0;
    if (answer.kind == Answer::Kind::malformed || !awaited) {
      engine_.lose(index, Loss::protocol,
                   fmt::format("the server does not speak {} to a publisher: {}", protocol_->name(),
                               awaited ? answer.text : "a reply to nothing that was sent"));
      return;
    }
    engine_.note_answer(index, now_ns);
    if (answer.kind == Answer::Kind::refused) {
      ++continuity_.refused;
      if (continuity_.first_refusal_ns == 0) continuity_.first_refusal_ns = now_ns;
      publisher.again_at_ns = now_ns + kAgainNs;
    } else {
      confirm(index, now_ns);
    }
  }
}

void FollowedPubsub::confirm(std::size_t index, std::int64_t now_ns) {
  Publisher& publisher = publishers_[index];
  publisher.under_way = false;
  ledger_.confirm(static_cast<std::uint32_t>(index), publisher.sequence);
  ++continuity_.confirmed;
  auto& totals = engine_.totals();
  totals.count_completed(now_ns, now_ns - publisher.sent_ns);
  if (pacer_.paced()) totals.count_paced(now_ns, publisher.due_ns, publisher.sent_ns);
  if (measured_ && now_ns <= phase_.deadline_ns)
    continuity_.longest_unconfirmed_ns = std::max(continuity_.longest_unconfirmed_ns, now_ns - confirmed_ns_);
  confirmed_ns_ = now_ns;
  note_progress(now_ns);
  send_due(now_ns);
}

// Receiving.

void FollowedPubsub::take_pushes(std::size_t index, std::string& bytes, std::int64_t now_ns) {
  const std::size_t connection = publishers_.size() + index;
  std::size_t used = 0;
  std::string replies;
  while (used < bytes.size()) {
    push_.text.clear();
    protocol_->read_push(std::string_view(bytes).substr(used), plan_.message_bytes, push_);
    if (push_.kind == Push::Kind::incomplete) break;
    if (push_.kind == Push::Kind::malformed) {
      engine_.lose(connection, Loss::protocol,
                   fmt::format("the server does not speak {} to a subscriber: {}", protocol_->name(),
                               std::string_view(push_.text).substr(0, kMostQuotedBytes)));
      return;
    }
    used += push_.bytes;
    if (push_.kind == Push::Kind::message) {
      if (push_.topic != topic_name(subscribers_[index].topic)) {
        ++engine_.totals().integrity.misdelivered;
      } else {
        take_message(index, push_.payload, now_ns);
      }
      replies += push_.text;
    } else if (push_.kind == Push::Kind::kept) {
      for (const auto& payload : push_.payloads) take_message(index, payload, now_ns, true);
    } else if (push_.kind == Push::Kind::asks) {
      replies += push_.text;
    } else if (push_.kind == Push::Kind::refused) {
      engine_.lose(connection, Loss::closed, push_.text);  // it cannot serve yet, or no more
      return;
    }
  }
  bytes.erase(0, used);
  if (!replies.empty()) send(connection, replies);
}

/// `kept`: it was asked for, together with others that had been received before, and numbers tell the order.
void FollowedPubsub::take_message(std::size_t index, std::string_view payload, std::int64_t now_ns,
                                  bool kept) {
  auto& totals = engine_.totals();
  const auto stamp = form_.check(payload);
  if (!stamp) {
    ++totals.integrity.corrupt;
    return;
  }
  if (stamp->sent_ns < began_ns_) return;  // kept from before this run
  const auto arrival = ledger_.arrive(static_cast<std::uint32_t>(index), stamp->publisher, stamp->sequence);
  if (arrival == MessageLedger::Arrival::unknown) {
    ++totals.integrity.misdelivered;
    return;
  }
  if (kept && arrival == MessageLedger::Arrival::repeated) return;
  Subscriber& subscriber = subscribers_[index];
  if (measured_ && now_ns <= phase_.deadline_ns)
    continuity_.longest_silence_ns = std::max(continuity_.longest_silence_ns, now_ns - subscriber.heard_ns);
  subscriber.heard_ns = now_ns;
  note_progress(now_ns);
  if (arrival == MessageLedger::Arrival::repeated) {
    ++continuity_.repeated;
    return;
  }
  if (arrival == MessageLedger::Arrival::reordered && !kept) ++continuity_.reordered;
  const std::int64_t begun_ns = ledger_.begun_ns(stamp->publisher, stamp->sequence);
  if (begun_ns < subscriber.returned_ns) {
    ++continuity_.caught_up;
    continuity_.catching_up_ns = std::max(continuity_.catching_up_ns, now_ns - subscriber.returned_ns);
  }
  totals.count_deliveries(now_ns);
  totals.delivery.from_send.record(now_ns - begun_ns);
  if (pacer_.paced()) totals.delivery.from_due.record(now_ns - stamp->intended_ns);
  totals.last_completion_ns = std::max(totals.last_completion_ns, now_ns);
}

// In time.

/// All subscribers leave together, and come back together.
void FollowedPubsub::keep_absence(std::int64_t now_ns) {
  if (absence_ == Absence::none) return;
  const std::int64_t from_ns = phase_.start_ns + in_ns(plan_.absence.from_s);
  const bool leaves = absence_ == Absence::to_come && now_ns >= from_ns;
  const bool returns = absence_ == Absence::under_way && now_ns >= from_ns + in_ns(plan_.absence.for_s);
  if (!leaves && !returns) return;
  absence_ = leaves ? Absence::under_way : Absence::none;
  for (std::size_t connection = publishers_.size(); connection < pending_.size(); ++connection) {
    bool& hung_up = pending_[connection].hung_up;
    if (returns && hung_up) engine_.reconnect(connection);
    hung_up = leaves && engine_.hang_up(connection);
  }
  note_progress(now_ns);
}

std::int64_t FollowedPubsub::next_due_ns() const noexcept {
  std::int64_t next = kNever;
  bool place = false;
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    const Publisher& publisher = publishers_[i];
    if (publisher.again_at_ns > 0) next = std::min(next, publisher.again_at_ns);
    place |= !publisher.under_way && engine_.is_ready(i);
  }
  if (absence_ != Absence::none) {
    const double until_s =
        plan_.absence.from_s + (absence_ == Absence::under_way ? plan_.absence.for_s : 0.0);
    next = std::min(next, phase_.start_ns + in_ns(until_s));
  }
  if (!sending_) return std::min(next, progress_ns_ + in_ns(plan_.stall_timeout_s));
  return std::min({next, phase_.deadline_ns, pacer_.next_due_ns(place)});
}

void FollowedPubsub::on_due(std::int64_t now_ns) {
  keep_absence(now_ns);
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    const std::int64_t again_at_ns = publishers_[i].again_at_ns;
    if (again_at_ns > 0 && now_ns >= again_at_ns) publish_again(i);
  }
  if (!sending_) return;
  send_due(now_ns);
  if (now_ns < phase_.deadline_ns) return;
  sending_ = false;
  note_progress(now_ns);
  pacer_.end([&](std::int64_t due_ns) { engine_.totals().count_unsent(phase_.deadline_ns, due_ns); });
}

std::uint64_t FollowedPubsub::in_flight() const {
  return static_cast<std::uint64_t>(
      std::count_if(publishers_.begin(), publishers_.end(), [](const auto& each) { return each.under_way; }));
}

/// Everything has arrived; or nothing has for so long that the rest is lost.
bool FollowedPubsub::finished() const {
  if (sending_ || absence_ == Absence::under_way) return false;
  if (in_flight() == 0 && ledger_.missing() == 0) return true;
  return os::monotonic_ns() - progress_ns_ >= in_ns(plan_.stall_timeout_s);
}

void FollowedPubsub::close_books(bool) {
  continuity_.lost = ledger_.missing();
  const std::int64_t end_ns = phase_.deadline_ns;
  continuity_.longest_unconfirmed_ns = std::max(continuity_.longest_unconfirmed_ns, end_ns - confirmed_ns_);
  for (const auto& subscriber : subscribers_)
    continuity_.longest_silence_ns = std::max(continuity_.longest_silence_ns, end_ns - subscriber.heard_ns);
  engine_.totals().continuity = continuity_;
}

}  // namespace threadmill::load
