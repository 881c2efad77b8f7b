#include "servers/core/channel.h"

#include <algorithm>

#include "protocol/resp_encode.h"
#include "servers/core/event_history.h"

namespace threadmill::servers {
namespace {

constexpr std::string_view kSseMark{"\0sse:", 5};

std::size_t publish_resp(Fanout& fanout, std::string_view topic, std::string_view payload) {
  return fanout.encode_and_publish(topic, payload, resp::append_message_push);
}

std::size_t publish_event(Fanout& fanout, std::string_view topic, std::string_view payload,
                          EventHistory& history) {
  const SseFace face(topic);
  const bool heard = fanout.member_count(face.name()) > 0;
  if (!heard && !history.keeps(topic)) return 0;
  Publication publication;
  publication.bytes = history.append(topic, payload);
  return heard ? fanout.publish(face.name(), std::move(publication)) : 0;
}

}  // namespace

SseFace::SseFace(std::string_view topic) {
  static_assert(kSseMark.size() == kMarkBytes);
  if (topic.size() > kMostTopicBytes) return;
  auto* end = std::copy(kSseMark.begin(), kSseMark.end(), bytes_.data());
  end = std::copy(topic.begin(), topic.end(), end);
  size_ = static_cast<std::size_t>(end - bytes_.data());
}

std::size_t publish_message(Fanout& fanout, std::string_view topic, std::string_view payload,
                            EventHistory* history) {
  if (history == nullptr) return publish_resp(fanout, topic, payload);
  const std::size_t receivers = fanout.member_count(topic) > 0 ? publish_resp(fanout, topic, payload) : 0;
  return receivers + publish_event(fanout, topic, payload, *history);
}

std::size_t subscriber_count(Fanout& fanout, std::string_view topic, const EventHistory* history) {
  const std::size_t count = fanout.member_count(topic);
  const SseFace face(topic);
  const bool has_face = history != nullptr && !face.name().empty();
  return has_face ? count + fanout.member_count(face.name()) : count;
}

std::vector<std::string> subscribed_topics(Fanout& fanout) {
  auto names = fanout.topics();
  for (auto& name : names) {
    if (std::string_view(name).starts_with(kSseMark)) name.erase(0, kSseMark.size());
  }
  std::erase_if(names, [](const std::string& name) { return is_reserved(name); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace threadmill::servers
