#include "loadgen/followed_subscribers.h"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/pubsub_topic.h"
#include "loadgen/seating.h"
#include "os/clock.h"

namespace threadmill::load {
namespace {

constexpr std::size_t kMostQuotedPushBytes = 200;

}  // namespace

FollowedSubscribers::FollowedSubscribers(FollowedRun& run)
    : run_(run), subscribers_(run.plan.pubsub.subscribers), began_ns_(os::monotonic_ns()) {
  const Seating seating(run_.plan.pubsub);
  for (std::uint32_t i = 0; i < subscribers_.size(); ++i)
    subscribers_[i].topic = seating.topic_of_subscriber(i);
}

void FollowedSubscribers::subscribe(std::size_t index, bool returns) {
  const auto number = static_cast<std::uint32_t>(index);
  Subscriber& subscriber = subscribers_[index];
  subscriber.body.reset();
  if (returns) subscriber.returned_ns = os::monotonic_ns();
  run_.send(connection_of(index),
            returns ? run_.protocol->return_command(number, topic_name(subscriber.topic))
                    : run_.protocol->subscribe_command(number, topic_name(subscriber.topic)));
}

void FollowedSubscribers::take_confirmation(std::size_t index, const Greeting& greeting, std::string& bytes) {
  run_.engine.note_answer(connection_of(index), os::monotonic_ns());
  if (!greeting.chunked) return;
  auto& body = subscribers_[index].body;
  body = std::make_unique<ChunkedBody>();
  bytes.resize(body->decode(bytes));
}

std::span<char> FollowedSubscribers::unchunked(std::size_t index, std::span<char> fresh) {
  const auto& body = subscribers_[index].body;
  return body ? fresh.first(body->decode(fresh)) : fresh;
}

void FollowedSubscribers::begin(std::int64_t now_ns) {
  for (auto& subscriber : subscribers_) subscriber.heard_ns = now_ns;
}

void FollowedSubscribers::take_pushes(std::size_t index, std::string& bytes, std::int64_t now_ns) {
  const std::size_t connection = connection_of(index);
  std::size_t used = 0;
  std::string replies;
  while (used < bytes.size()) {
    push_.text.clear();
    run_.protocol->read_push(std::string_view(bytes).substr(used), run_.plan.message_bytes, push_);
    if (push_.kind == Push::Kind::incomplete) break;
    if (push_.kind == Push::Kind::malformed) {
      run_.engine.lose(connection, Loss::protocol,
                       fmt::format("the server does not speak {} to a subscriber: {}", run_.protocol->name(),
                                   std::string_view(push_.text).substr(0, kMostQuotedPushBytes)));
      return;
    }
    used += push_.bytes;
    if (push_.kind == Push::Kind::message) {
      if (push_.topic != topic_name(subscribers_[index].topic)) {
        ++run_.engine.totals().integrity.misdelivered;
      } else {
        take_message(index, push_.payload, now_ns);
      }
      replies += push_.text;
    } else if (push_.kind == Push::Kind::kept) {
      for (const auto& payload : push_.payloads) take_message(index, payload, now_ns, true);
    } else if (push_.kind == Push::Kind::asks) {
      replies += push_.text;
    } else if (push_.kind == Push::Kind::refused) {
      run_.engine.lose(connection, Loss::closed, push_.text);  // it cannot serve yet, or no more
      return;
    }
  }
  bytes.erase(0, used);
  if (!replies.empty()) run_.send(connection, replies);
}

/// `kept`: it was asked for, together with others that had been received before, and numbers tell the order.
void FollowedSubscribers::take_message(std::size_t index, std::string_view payload, std::int64_t now_ns,
                                       bool kept) {
  auto& integrity = run_.engine.totals().integrity;
  const auto stamp = run_.form.check(payload);
  if (!stamp) {
    ++integrity.corrupt;
    return;
  }
  if (stamp->sent_ns < began_ns_) return;  // kept from before this run
  const auto arrival =
      run_.ledger.arrive(static_cast<std::uint32_t>(index), stamp->publisher, stamp->sequence);
  if (arrival == MessageLedger::Arrival::unknown) {
    ++integrity.misdelivered;
    return;
  }
  if (kept && arrival == MessageLedger::Arrival::repeated) return;
  Subscriber& subscriber = subscribers_[index];
  note_silence(subscriber, now_ns);
  subscriber.heard_ns = now_ns;
  run_.note_progress(now_ns);
  if (arrival == MessageLedger::Arrival::repeated) {
    ++run_.continuity.repeated;
    return;
  }
  if (arrival == MessageLedger::Arrival::reordered && !kept) ++run_.continuity.reordered;
  count_reception(subscriber, *stamp, now_ns);
}

/// Of a message that the subscriber did not have.
void FollowedSubscribers::count_reception(const Subscriber& subscriber, const Stamp& stamp,
                                          std::int64_t now_ns) {
  const std::int64_t begun_ns = run_.ledger.begun_ns(stamp.publisher, stamp.sequence);
  auto& continuity = run_.continuity;
  if (begun_ns < subscriber.returned_ns) {
    ++continuity.caught_up;
    continuity.catching_up_ns = std::max(continuity.catching_up_ns, now_ns - subscriber.returned_ns);
  }
  auto& totals = run_.engine.totals();
  totals.count_deliveries(now_ns);
  totals.delivery.from_send.record(now_ns - begun_ns);
  if (run_.plan.arrivals.paced()) totals.delivery.from_due.record(now_ns - stamp.intended_ns);
  totals.last_completion_ns = std::max(totals.last_completion_ns, now_ns);
}

void FollowedSubscribers::note_silence(const Subscriber& subscriber, std::int64_t until_ns) {
  run_.keep_longest(run_.continuity.longest_silence_ns, subscriber.heard_ns, until_ns);
}

void FollowedSubscribers::close_books() {
  for (const auto& subscriber : subscribers_) note_silence(subscriber, run_.phase.deadline_ns);
}

}  // namespace threadmill::load
