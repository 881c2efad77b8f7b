#include "groupchat/unconfirmed.h"

#include <stdexcept>
#include <utility>

namespace threadmill::groupchat {

void Unconfirmed::add(Message message) {
  if (full()) throw std::length_error("more messages than may await their confirmation");
  waiting_.push_back({.message = std::move(message)});
}

const Message* Unconfirmed::next_to_publish() const {
  return published_ < waiting_.size() ? &waiting_[published_].message : nullptr;
}

void Unconfirmed::was_published() { waiting_.at(published_++).number = ++last_number_; }

void Unconfirmed::returned(std::string_view id) {
  for (std::size_t i = 0; i < published_; ++i) {
    if (waiting_[i].message.id == id) waiting_[i].returned = true;
  }
}

std::vector<Outcome> Unconfirmed::answered(std::uint64_t number, bool all_up_to_it, bool taken) {
  std::vector<Outcome> outcomes;
  std::deque<Entry> still_waiting;
  const std::size_t published_before = published_;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    Entry& entry = waiting_[i];
    const bool meant =
        i < published_before && (entry.number == number || (all_up_to_it && entry.number < number));
    if (!meant) {
      still_waiting.push_back(std::move(entry));
      continue;
    }
    const auto kind = !taken           ? Outcome::Kind::refused
                      : entry.returned ? Outcome::Kind::nobody
                                       : Outcome::Kind::taken;
    outcomes.push_back({kind, std::move(entry.message)});
    --published_;
  }
  waiting_ = std::move(still_waiting);
  return outcomes;
}

std::size_t Unconfirmed::connection_lost() {
  for (auto& entry : waiting_) entry.returned = false;
  last_number_ = 0;
  return std::exchange(published_, 0);
}

}  // namespace threadmill::groupchat
