#include "servers/core/locked_fanout.h"

#include <mutex>
#include <shared_mutex>

namespace threadmill::servers {

void LockedFanout::join(std::string_view topic, Member& member) {
  const std::unique_lock lock(mutex_);
  table_.join(topic, member);
}

void LockedFanout::leave(std::string_view topic, Member& member) {
  const std::unique_lock lock(mutex_);
  table_.leave(topic, member);
}

std::size_t LockedFanout::publish(std::string_view topic, Publication publication) {
  const std::shared_lock lock(mutex_);
  return table_.publish(topic, std::move(publication));
}

std::size_t LockedFanout::member_count(std::string_view topic) {
  const std::shared_lock lock(mutex_);
  return table_.member_count(topic);
}

std::vector<std::string> LockedFanout::topics() {
  const std::shared_lock lock(mutex_);
  return table_.topics();
}

}  // namespace threadmill::servers
