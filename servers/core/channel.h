#pragma once
// What publishing means whatever the subscribers speak: a topic has a face for each wire format, and a
// message is encoded once for each face that somebody looks at.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "servers/core/fanout.h"

namespace threadmill::servers {

class EventHistory;

/// The longest name of a topic, in bytes.
inline constexpr std::size_t kMostTopicBytes = 512;

/// Names that begin with a zero byte are ours: nobody may subscribe or publish to them by name, or one wire
/// format's bytes would get into another's stream.
inline bool is_reserved(std::string_view topic) { return !topic.empty() && topic.front() == '\0'; }

/// Why a client may not have a topic of that name, as an error of RESP; "" where it may.
std::string topic_fault(std::string_view topic, std::size_t limit_bytes);

/// The topic of the fan-out that those join who receive `topic` as server-sent events.
class SseFace {
 public:
  /// A topic longer than kMostTopicBytes has no face: its name is empty.
  explicit SseFace(std::string_view topic);
  std::string_view name() const { return {bytes_.data(), size_}; }

 private:
  static constexpr std::size_t kMarkBytes = 5;
  std::array<char, kMarkBytes + kMostTopicBytes> bytes_;  // no allocation for each publication
  std::size_t size_ = 0;
};

/// Every event stream joins this one, too: what keeps silent connections alive is published to it.
inline constexpr std::string_view kHeartbeatFace{"\0beat", 5};

/// Publishes to all subscribers of `topic`, in what each speaks, and returns how many there are. `history`
/// gives events their ids and keeps them; without it (null) nobody in this process speaks anything but RESP,
/// and no other face is looked for. The thread contract is that of `fanout`; with a history, one thread.
std::size_t publish_message(Fanout& fanout, std::string_view topic, std::string_view payload,
                            EventHistory* history = nullptr);

/// Subscribers of `topic`, whatever they speak; `history` as above.
std::size_t subscriber_count(Fanout& fanout, std::string_view topic, const EventHistory* history = nullptr);

/// Every topic that has subscribers, sorted, each once.
std::vector<std::string> subscribed_topics(Fanout& fanout);

}  // namespace threadmill::servers
