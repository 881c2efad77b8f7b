#include "servers/core/batch_fanout.h"

namespace threadmill::servers {

void BatchFanout::join(std::string_view topic, Member& member) {
  flush_topic(topic);
  next_.join(topic, member);
}

void BatchFanout::leave(std::string_view topic, Member& member) {
  flush_topic(topic);
  next_.leave(topic, member);
}

std::size_t BatchFanout::publish(std::string_view topic, Publication publication) {
  auto* entry = queue_of(topic);
  if (entry == nullptr) return 0;
  entry->second.add(std::move(publication));
  return added(*entry);
}

std::size_t BatchFanout::encode_and_publish(std::string_view topic, std::string_view payload,
                                            Encode& encode) {
  auto* entry = queue_of(topic);
  if (entry == nullptr) return 0;
  entry->second.add(topic, payload, encode);
  return added(*entry);
}

BatchFanout::Queues::value_type* BatchFanout::queue_of(std::string_view topic) {
  if (is_reserved(topic)) keep_order(topic);
  auto* entry = find(topic);
  if (entry == nullptr || !entry->second.waits()) {
    const std::size_t members = next_.member_count(topic);
    if (members == 0) return nullptr;
    if (entry == nullptr) entry = &*queues_.try_emplace(std::string(topic)).first;
    entry->second.members = members;
    ++waiting_;
  }
  return latest_ = entry;
}

BatchFanout::Queues::value_type* BatchFanout::find(std::string_view topic) {
  if (latest_ != nullptr && latest_->first == topic) return latest_;
  const auto found = queues_.find(topic);
  return found == queues_.end() ? nullptr : &*found;
}

std::size_t BatchFanout::added(Queues::value_type& entry) {
  const std::size_t members = entry.second.members;
  if (entry.second.batch.bytes.size() >= batch_bytes_) send_out(entry);
  return members;
}

void BatchFanout::keep_order(std::string_view topic) {
  if (topic == last_reserved_) return;
  flush_topic(last_reserved_);
  last_reserved_ = topic;
}

void BatchFanout::flush() {
  latest_ = nullptr;
  for (auto entry = queues_.begin(); entry != queues_.end();) {
    if (entry->second.waits()) {
      send_out(*entry);
      ++entry;
    } else {
      entry = queues_.erase(entry);
    }
  }
}

void BatchFanout::flush_topic(std::string_view topic) {
  auto* entry = find(topic);
  if (entry != nullptr && entry->second.waits()) send_out(*entry);
}

void BatchFanout::send_out(Queues::value_type& entry) {
  --waiting_;
  next_.publish(entry.first, entry.second.take());
}

void BatchFanout::Queue::add(Publication publication) {
  batch.messages += publication.messages;
  if (batch.bytes.empty() && publication.bytes.size() >= usual_bytes) {
    batch.bytes = std::move(publication.bytes);
    return;
  }
  make_room();
  batch.bytes.append(publication.bytes);
}

void BatchFanout::Queue::add(std::string_view topic, std::string_view payload, Encode& encode) {
  ++batch.messages;
  make_room();
  encode(batch.bytes, topic, payload);
}

void BatchFanout::Queue::make_room() {
  if (batch.bytes.empty()) batch.bytes.reserve(usual_bytes);
}

Publication BatchFanout::Queue::take() {
  usual_bytes = batch.bytes.size();
  // A batch may wait in outboxes, where it is charged for its size. Copying it once is nothing beside writing
  // it to each subscriber.
  if (batch.bytes.capacity() - batch.bytes.size() > batch.bytes.size() / 32) batch.bytes.shrink_to_fit();
  return std::exchange(batch, Publication{{}, 0});
}

}  // namespace threadmill::servers
