#include "servers/core/local_fanout.h"

#include <algorithm>

namespace threadmill::servers {

void LocalFanout::join(std::string_view topic, Member& member) {
  auto found = members_by_topic_.find(topic);
  if (found == members_by_topic_.end()) found = members_by_topic_.try_emplace(std::string(topic)).first;
  found->second.push_back(&member);
}

void LocalFanout::leave(std::string_view topic, Member& member) {
  const auto found = members_by_topic_.find(topic);
  if (found == members_by_topic_.end()) return;
  auto& members = found->second;
  const auto place = std::find(members.begin(), members.end(), &member);
  if (place == members.end()) return;
  *place = members.back();
  members.pop_back();
  if (members.empty()) members_by_topic_.erase(found);
}

std::size_t LocalFanout::publish(std::string_view topic, Publication publication) {
  if (members_by_topic_.find(topic) == members_by_topic_.end()) return 0;
  return publish_shared(topic, share(std::move(publication)));
}

std::size_t LocalFanout::publish_shared(std::string_view topic, const SharedPublication& publication) {
  const auto found = members_by_topic_.find(topic);
  if (found == members_by_topic_.end()) return 0;
  for (Member* member : found->second) member->deliver(publication);
  return found->second.size();
}

std::size_t LocalFanout::member_count(std::string_view topic) {
  const auto found = members_by_topic_.find(topic);
  return found == members_by_topic_.end() ? 0 : found->second.size();
}

std::vector<std::string> LocalFanout::topics() {
  std::vector<std::string> names;
  names.reserve(members_by_topic_.size());
  for (const auto& [topic, members] : members_by_topic_) names.push_back(topic);
  return names;
}

}  // namespace threadmill::servers
