#include "loadgen/message_ledger.h"

#include <algorithm>

namespace threadmill::load {

MessageLedger::MessageLedger(std::vector<std::uint32_t> publisher_topics,
                             std::vector<std::uint32_t> subscriber_topics)
    : subscriber_topics_(std::move(subscriber_topics)) {
  for (const std::uint32_t topic : publisher_topics) {
    const auto subscribers = std::count(subscriber_topics_.begin(), subscriber_topics_.end(), topic);
    publishers_.push_back(
        {.topic = topic, .subscribers = static_cast<std::uint32_t>(subscribers), .messages = {}});
  }
  received_.resize(publishers_.size() * subscriber_topics_.size());
}

std::uint64_t MessageLedger::begin(std::uint32_t publisher, std::int64_t now_ns) {
  auto& mine = publishers_[publisher];
  mine.messages.push_back({.begun_ns = now_ns});
  ++begun_;
  receptions_due_ += mine.subscribers;
  return mine.messages.size() - 1;
}

void MessageLedger::confirm(std::uint32_t publisher, std::uint64_t sequence) {
  auto& mine = publishers_[publisher];
  Message& message = mine.messages[sequence];
  message.confirmed = true;
  ++confirmed_;
  missing_ += mine.subscribers - message.receivers;
}

MessageLedger::Arrival MessageLedger::arrive(std::uint32_t subscriber, std::uint32_t publisher,
                                             std::uint64_t sequence) {
  if (publisher >= publishers_.size()) return Arrival::unknown;
  auto& sender = publishers_[publisher];
  if (sender.topic != subscriber_topics_[subscriber] || sequence >= sender.messages.size())
    return Arrival::unknown;
  Received& mine = received(subscriber, publisher);
  if (mine.has.size() <= sequence) mine.has.resize(sequence + 1);
  if (mine.has[sequence]) return Arrival::repeated;
  mine.has[sequence] = true;
  Message& message = sender.messages[sequence];
  ++message.receivers;
  if (message.confirmed) --missing_;
  if (sequence < mine.end) return Arrival::reordered;
  mine.end = sequence + 1;
  return Arrival::first;
}

std::size_t MessageLedger::size_bytes() const noexcept {
  return begun_ * sizeof(Message) + receptions_due_ / 8;
}

}  // namespace threadmill::load
