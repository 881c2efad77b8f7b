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
  if (found == queues_.end()) {
    const std::size_t members = next_.member_count(topic);
    if (members == 0) return 0;
    found = queues_.try_emplace(std::string(topic)).first;
    found->second.members = members;
  }
  Queue& queue = found->second;
  const std::size_t members = queue.members;
  if (queue.batch.bytes.empty()) {
    queue.batch = std::move(publication);
  } else {
    queue.batch.bytes.append(publication.bytes);
    queue.batch.messages += publication.messages;
  }
  if (queue.batch.bytes.size() >= batch_bytes_) flush_topic(topic);
  return members;
}

void BatchFanout::keep_order(std::string_view topic) {
  if (topic == last_reserved_) return;
  flush_topic(last_reserved_);
  last_reserved_ = topic;
}

void BatchFanout::flush() {
  for (auto& [topic, queue] : queues_) next_.publish(topic, std::move(queue.batch));
  queues_.clear();
}

void BatchFanout::flush_topic(std::string_view topic) {
  const auto found = queues_.find(topic);
  if (found == queues_.end()) return;
  next_.publish(topic, std::move(found->second.batch));
  queues_.erase(found);
}

}  // namespace threadmill::servers
