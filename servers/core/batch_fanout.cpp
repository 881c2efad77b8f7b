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
  if (is_reserved(topic)) keep_order(topic);
  auto found = queues_.find(topic);
  if (found == queues_.end() || !found->second.waits()) {
    const std::size_t members = next_.member_count(topic);
    if (members == 0) return 0;
    if (found == queues_.end()) found = queues_.try_emplace(std::string(topic)).first;
    found->second.members = members;
    ++waiting_;
  }
  Queue& queue = found->second;
  queue.add(std::move(publication));
  const std::size_t members = queue.members;
  if (queue.batch.bytes.size() >= batch_bytes_) send_out(topic, queue);
  return members;
}

void BatchFanout::keep_order(std::string_view topic) {
  if (topic == last_reserved_) return;
  flush_topic(last_reserved_);
  last_reserved_ = topic;
}

void BatchFanout::flush() {
  for (auto entry = queues_.begin(); entry != queues_.end();) {
    if (entry->second.waits()) {
      send_out(entry->first, entry->second);
      ++entry;
    } else {
      entry = queues_.erase(entry);
    }
  }
}

void BatchFanout::flush_topic(std::string_view topic) {
  const auto found = queues_.find(topic);
  if (found != queues_.end() && found->second.waits()) send_out(topic, found->second);
}

void BatchFanout::send_out(std::string_view topic, Queue& queue) {
  --waiting_;
  next_.publish(topic, queue.take());
}

void BatchFanout::Queue::add(Publication publication) {
  batch.messages += publication.messages;
  if (batch.bytes.empty() && publication.bytes.size() >= usual_bytes) {
    batch.bytes = std::move(publication.bytes);
    return;
  }
  if (batch.bytes.empty()) batch.bytes.reserve(usual_bytes);
  batch.bytes.append(publication.bytes);
}

Publication BatchFanout::Queue::take() {
  usual_bytes = batch.bytes.size();
  // A batch may wait in outboxes, where it is charged for its size. Copying it once is nothing beside writing
  // it to each subscriber.
  if (batch.bytes.capacity() - batch.bytes.size() > batch.bytes.size() / 32) batch.bytes.shrink_to_fit();
  return std::exchange(batch, Publication{{}, 0});
}

}  // namespace threadmill::servers
