#include "servers/core/event_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

namespace threadmill::servers {
namespace {

using nlohmann::ordered_json;

/// On one line, as server-sent events need it; what is not UTF-8 is replaced.
std::string to_line(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// What `after` says to a process of that epoch.
struct Position {
  std::uint64_t number = 0;
  bool foreign = false;  ///< not an id of this process
};

Position read_position(std::string_view after, std::string_view epoch) {
  if (after == "0") return {};
  const Position foreign{.number = 0, .foreign = true};
  if (!after.starts_with(epoch)) return foreign;
  after.remove_prefix(epoch.size());
  if (after.empty() || after.front() != '-') return foreign;
  after.remove_prefix(1);
  Position position;
  const auto [end, error] = std::from_chars(after.data(), after.data() + after.size(), position.number);
  const bool whole = error == std::errc() && end == after.data() + after.size();
  return whole ? position : foreign;
}

std::string gap_event(std::span<const std::string> topics) {
  return fmt::format("event: gap\ndata: {}\n\n",
                     to_line({{"topics", std::vector<std::string>(topics.begin(), topics.end())}}));
}

}  // namespace

EventHistory::EventHistory(const HistoryLimits& limits, std::string epoch)
    : limits_(limits), epoch_(std::move(epoch)) {}

std::string EventHistory::random_epoch() {
  std::random_device source;
  return fmt::format("{:08x}", source());
}

std::string EventHistory::id_of(std::uint64_t number) const { return fmt::format("{}-{}", epoch_, number); }

EventHistory::Creation EventHistory::create(std::string_view topic, const InUse& in_use) {
  if (keeps(topic)) return Creation::existed;
  if (topics_.size() >= limits_.topics && !make_place(in_use)) return Creation::full;
  Topic& created = topics_.try_emplace(std::string(topic)).first->second;
  created.used_at = ++uses_;
  // It may have been there before: what was lost of any topic may have been lost of this one.
  created.forgotten = erased_up_to_;
  return Creation::created;
}

bool EventHistory::make_place(const InUse& in_use) {
  auto oldest = topics_.end();
  for (auto topic = topics_.begin(); topic != topics_.end(); ++topic) {
    const bool is_older = oldest == topics_.end() || topic->second.used_at < oldest->second.used_at;
    if (is_older && in_use != nullptr && !in_use(topic->first)) oldest = topic;
  }
  if (oldest == topics_.end()) return false;
  forget(oldest);
  return true;
}

void EventHistory::forget(TopicMap<Topic>::iterator topic) {
  const auto& events = topic->second.events;
  const std::uint64_t lost = events.empty() ? topic->second.forgotten : events.back().number;
  erased_up_to_ = std::max(erased_up_to_, lost);
  topics_.erase(topic);
}

bool EventHistory::erase(std::string_view topic) {
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return false;
  forget(found);
  return true;
}

std::vector<std::string> EventHistory::topics() const {
  std::vector<std::string> names;
  names.reserve(topics_.size());
  for (const auto& [name, topic] : topics_) names.push_back(name);
  return names;
}

std::size_t EventHistory::message_count(std::string_view topic) const {
  const auto found = topics_.find(topic);
  return found == topics_.end() ? 0 : found->second.events.size();
}

std::string EventHistory::append(std::string_view topic, std::string_view payload) {
  ++last_number_;
  std::string bytes = fmt::format("id: {}-{}\ndata: {}\n\n", epoch_, last_number_,
                                  to_line({{"topic", topic}, {"data", payload}}));
  const auto found = topics_.find(topic);
  if (found != topics_.end()) keep(found->second, bytes);
  return bytes;
}

void EventHistory::skip_to(std::uint64_t number) {
  last_number_ = std::max(last_number_, number);
  erased_up_to_ = last_number_;
}

void EventHistory::keep(Topic& topic, const std::string& bytes) {
  topic.used_at = ++uses_;
  if (bytes.size() > limits_.bytes_per_topic) {
    topic.forgotten = last_number_;
    return;
  }
  topic.events.push_back({last_number_, bytes});
  topic.bytes += bytes.size();
  while (!topic.events.empty() &&
         (topic.events.size() > limits_.messages || topic.bytes > limits_.bytes_per_topic)) {
    topic.bytes -= topic.events.front().bytes.size();
    topic.forgotten = std::max(topic.forgotten, topic.events.front().number);
    topic.events.pop_front();
  }
}

std::string EventHistory::replay(std::span<const std::string> topics, std::string_view after,
                                 std::size_t limit_bytes) const {
  const Position position = read_position(after, epoch_);
  bool gap = position.foreign;
  std::vector<const Event*> missed;
  for (const auto& name : topics) {
    const auto found = topics_.find(name);
    if (found == topics_.end()) continue;
    if (after != "0" && found->second.forgotten > position.number) gap = true;
    for (const auto& event : found->second.events) {
      if (event.number > position.number) missed.push_back(&event);
    }
  }
  std::sort(missed.begin(), missed.end(),
            [](const Event* a, const Event* b) { return a->number < b->number; });
  auto first = missed.end();
  for (std::size_t bytes = 0; first != missed.begin(); --first) {
    bytes += (*std::prev(first))->bytes.size();
    if (bytes > limit_bytes) break;
  }
  if (first != missed.begin()) gap = true;
  std::string replayed = gap ? gap_event(topics) : std::string();
  for (; first != missed.end(); ++first) replayed += (*first)->bytes;
  return replayed;
}

}  // namespace threadmill::servers
