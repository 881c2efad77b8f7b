#include "loadgen/followed_publishers.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "loadgen/pubsub_topic.h"
#include "loadgen/seating.h"

namespace threadmill::load {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kAgainNs =
    10'000'000;  // after a refusal: long enough not to be what keeps the server busy
constexpr std::size_t kMostLedgerBytes = std::size_t{1} << 30;

}  // namespace

FollowedPublishers::FollowedPublishers(FollowedRun& run)
    : run_(run), publishers_(run.plan.pubsub.publishers), pacer_(run.plan.arrivals, run.plan.seed, 0, 1) {
  const Seating seating(run_.plan.pubsub);
  std::string payload(run_.plan.message_bytes, '\0');
  for (std::uint32_t i = 0; i < publishers_.size(); ++i) {
    publishers_[i].topic = seating.topic_of_publisher(i);
    run_.form.fill(payload, run_.plan.seed + i);
    publishers_[i].command = run_.protocol->publish_command(topic_name(publishers_[i].topic), payload);
  }
}

std::string FollowedPublishers::greeting(std::size_t index) const {
  return run_.protocol->publisher_greeting(static_cast<std::uint32_t>(index),
                                           topic_name(publishers_[index].topic));
}

void FollowedPublishers::begin(std::int64_t now_ns) {
  sending_ = true;
  confirmed_ns_ = now_ns;
  pacer_.begin(run_.phase);
  send_due(now_ns);
}

void FollowedPublishers::stop() {
  sending_ = false;
  pacer_.stop();
}

/// What is due goes to any publisher whose last message was answered for.
void FollowedPublishers::send_due(std::int64_t now_ns) {
  for (std::size_t i = 0; i < publishers_.size() && sending_; ++i) {
    if (publishers_[i].under_way || !run_.engine.is_ready(i)) continue;
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

void FollowedPublishers::publish_next(std::size_t index, std::int64_t due_ns, std::int64_t now_ns) {
  Publisher& publisher = publishers_[index];
  const auto number = static_cast<std::uint32_t>(index);
  publisher.sequence = run_.ledger.begin(number, now_ns);
  publisher.due_ns = due_ns;
  publisher.sent_ns = now_ns;
  publisher.under_way = true;
  run_.form.stamp({publisher.command.bytes.data() + publisher.command.payload_at, run_.plan.message_bytes},
                  {number, publisher.topic, publisher.sequence, due_ns, now_ns});
  ++run_.continuity.published;
  if (pacer_.open()) run_.engine.totals().send_delay.record(now_ns - due_ns);
  publish_again(index);
  if (run_.ledger.size_bytes() > kMostLedgerBytes)
    run_.engine.state().fail(
        "more messages than can be followed singly (1 GiB of account): publish fewer (a rate, a "
        "shorter time), or to fewer subscribers");
}

void FollowedPublishers::publish_again(std::size_t index) {
  Publisher& publisher = publishers_[index];
  publisher.again_at_ns = 0;
  if (!publisher.under_way || !run_.engine.is_ready(index)) return;
  ++run_.continuity.attempts;
  run_.send(index, publisher.command.bytes);
}

void FollowedPublishers::take_answers(std::size_t index, std::string& bytes, std::int64_t now_ns) {
  answers_.clear();
  bytes.erase(0, run_.protocol->read_answers(bytes, answers_));
  for (const Answer& answer : answers_) {
    if (!take_answer(index, answer, now_ns)) return;
  }
}

/// False where the connection was lost over it.
bool FollowedPublishers::take_answer(std::size_t index, const Answer& answer, std::int64_t now_ns) {
  Publisher& publisher = publishers_[index];
  if (answer.kind == Answer::Kind::asks) {
    run_.send(index, answer.text);
    return true;
  }
  if (answer.kind == Answer::Kind::complains) {
    run_.engine.lose(index, Loss::closed, answer.text);
    return false;
  }
  const bool awaited = publisher.under_way && publisher.again_at_ns == 0;
  if (answer.kind == Answer::Kind::malformed || !awaited) {
    run_.engine.lose(index, Loss::protocol,
                     fmt::format("the server does not speak {} to a publisher: {}", run_.protocol->name(),
                                 awaited ? answer.text : "a reply to nothing that was sent"));
    return false;
  }
  run_.engine.note_answer(index, now_ns);
  if (answer.kind == Answer::Kind::refused) {
    ++run_.continuity.refused;
    if (run_.continuity.first_refusal_ns == 0) run_.continuity.first_refusal_ns = now_ns;
    publisher.again_at_ns = now_ns + kAgainNs;
  } else {
    confirm(index, now_ns);
  }
  return true;
}

void FollowedPublishers::confirm(std::size_t index, std::int64_t now_ns) {
  Publisher& publisher = publishers_[index];
  publisher.under_way = false;
  run_.ledger.confirm(static_cast<std::uint32_t>(index), publisher.sequence);
  ++run_.continuity.confirmed;
  auto& totals = run_.engine.totals();
  totals.count_completed(now_ns, now_ns - publisher.sent_ns);
  if (pacer_.paced()) totals.count_paced(now_ns, publisher.due_ns, publisher.sent_ns);
  note_wait(now_ns);
  confirmed_ns_ = now_ns;
  run_.note_progress(now_ns);
  send_due(now_ns);
}

void FollowedPublishers::note_wait(std::int64_t until_ns) {
  run_.keep_longest(run_.continuity.longest_unconfirmed_ns, confirmed_ns_, until_ns);
}

std::uint64_t FollowedPublishers::in_flight() const {
  return static_cast<std::uint64_t>(
      std::count_if(publishers_.begin(), publishers_.end(), [](const auto& each) { return each.under_way; }));
}

std::int64_t FollowedPublishers::next_due_ns() const noexcept {
  std::int64_t next = kNever;
  bool place = false;
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    const Publisher& publisher = publishers_[i];
    if (publisher.again_at_ns > 0) next = std::min(next, publisher.again_at_ns);
    place |= !publisher.under_way && run_.engine.is_ready(i);
  }
  if (!sending_) return next;
  return std::min({next, run_.phase.deadline_ns, pacer_.next_due_ns(place)});
}

void FollowedPublishers::on_due(std::int64_t now_ns) {
  for (std::size_t i = 0; i < publishers_.size(); ++i) {
    const std::int64_t again_at_ns = publishers_[i].again_at_ns;
    if (again_at_ns > 0 && now_ns >= again_at_ns) publish_again(i);
  }
  if (!sending_) return;
  send_due(now_ns);
  const std::int64_t deadline_ns = run_.phase.deadline_ns;
  if (now_ns < deadline_ns) return;
  sending_ = false;
  run_.note_progress(now_ns);
  pacer_.end([&](std::int64_t due_ns) { run_.engine.totals().count_unsent(deadline_ns, due_ns); });
}

void FollowedPublishers::close_books() { note_wait(run_.phase.deadline_ns); }

}  // namespace threadmill::load
