#include "servers/net/topic_directory.h"

#include <mutex>
#include <shared_mutex>

namespace threadmill::servers {

void TopicDirectory::join(std::string_view topic, std::size_t loop) {
  const std::unique_lock lock(mutex_);
  auto found = entries_.find(topic);
  if (found == entries_.end()) {
    found = entries_.try_emplace(std::string(topic)).first;
    found->second.by_loop.resize(loops_);
  }
  ++found->second.count;
  ++found->second.by_loop[loop];
}

void TopicDirectory::leave(std::string_view topic, std::size_t loop) {
  const std::unique_lock lock(mutex_);
  const auto found = entries_.find(topic);
  if (found == entries_.end() || found->second.by_loop[loop] == 0) return;
  --found->second.by_loop[loop];
  if (--found->second.count == 0) entries_.erase(found);
}

TopicMembers TopicDirectory::find(std::string_view topic) const {
  const std::shared_lock lock(mutex_);
  TopicMembers members;
  const auto found = entries_.find(topic);
  if (found == entries_.end()) return members;
  members.count = found->second.count;
  for (std::size_t loop = 0; loop < loops_; ++loop) {
    if (found->second.by_loop[loop] > 0) members.loops |= std::uint64_t{1} << loop;
  }
  return members;
}

std::vector<std::string> TopicDirectory::topics() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> names;
  names.reserve(entries_.size());
  for (const auto& [topic, entry] : entries_) names.push_back(topic);
  return names;
}

}  // namespace threadmill::servers
