#pragma once
// How a publication reaches the other connections of this process family; a model picks one.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "servers/core/publication.h"
#include "servers/core/rooms.h"

namespace threadmill::servers {

class TopicLog;

/// A connection as a fan-out sees it.
class Member {
 public:
  virtual ~Member() = default;

  /// Hands over bytes to be written after all that were handed over before. Never blocks on the peer. The
  /// member stays a member meanwhile: one that fails or is too slow leaves later, on its own account.
  virtual void deliver(const SharedPublication& publication) = 0;
};

/// Appends a message to `out` as the members of a topic shall receive it.
using Encode = void(std::string& out, std::string_view topic, std::string_view payload);

/// Topics and who joined them. Whether it may be called from several threads is each implementation's
/// contract.
class Fanout {
 public:
  virtual ~Fanout() = default;

  /// The caller joins a topic at most once and leaves what it joined before it dies.
  virtual void join(std::string_view topic, Member& member) = 0;
  virtual void leave(std::string_view topic, Member& member) = 0;

  /// Delivers bytes that are encoded as subscribers shall receive them. Returns how many members the topic
  /// has.
  virtual std::size_t publish(std::string_view topic, Publication publication) = 0;

  /// The same of one message that is not encoded yet: for a fan-out that has room for it already.
  virtual std::size_t encode_and_publish(std::string_view topic, std::string_view payload, Encode& encode);

  /// Members of one topic.
  virtual std::size_t member_count(std::string_view topic) = 0;

  /// Every topic that has members, in no order.
  virtual std::vector<std::string> topics() = 0;

  /// The chat rooms beside the topics, for the sessions that this fan-out is given to; null where there are
  /// none.
  Rooms* rooms() const { return rooms_; }
  /// Says which they are, before any session opens. They outlive the sessions.
  void lead_to(Rooms& rooms) { rooms_ = &rooms; }

  /// Where sessions that are given this fan-out append what their clients do to topics, instead of doing it;
  /// null, as usual: nowhere.
  TopicLog* log() const { return log_; }
  /// Says which it is, before any session opens. It outlives the sessions.
  void lead_to(TopicLog& log) { log_ = &log; }

 private:
  Rooms* rooms_ = nullptr;
  TopicLog* log_ = nullptr;
};

}  // namespace threadmill::servers
