#include "servers/core/topic_deed.h"

#include "servers/core/channel.h"

namespace threadmill::servers {
namespace {

EventHistory::Creation create(const std::string& topic, Fanout& fanout, EventHistory* history) {
  if (history == nullptr) return EventHistory::Creation::existed;
  return history->create(topic,
                         [&](std::string_view name) { return subscriber_count(fanout, name, history) > 0; });
}

}  // namespace

DeedOutcome perform(const TopicDeed& deed, Fanout& fanout, EventHistory* history) {
  using Kind = TopicDeed::Kind;
  DeedOutcome outcome;
  if (deed.kind == Kind::erase) {
    outcome.erased = history != nullptr && history->erase(deed.topic);
    return outcome;
  }
  if (deed.kind != Kind::publish) outcome.creation = create(deed.topic, fanout, history);
  const bool has_message = deed.kind == Kind::publish || deed.kind == Kind::post;
  if (has_message && outcome.creation != EventHistory::Creation::full)
    outcome.receivers = publish_message(fanout, deed.topic, deed.payload, history);
  return outcome;
}

}  // namespace threadmill::servers
