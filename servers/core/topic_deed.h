#pragma once
// What clients do to topics, apart from who asked for it: so that it can be done at once, or later and on
// several servers, as a log of such deeds says.

#include <cstddef>
#include <cstdint>
#include <string>

#include "servers/core/event_history.h"
#include "servers/core/fanout.h"

namespace threadmill::servers {

struct TopicDeed {
  enum class Kind : std::uint8_t {
    publish,  ///< to those who subscribe
    post,     ///< the same, and the topic is there from then on: the history keeps its messages
    create,
    erase,
  };
  Kind kind = Kind::publish;
  std::string topic;
  std::string payload;  ///< of a message
  bool operator==(const TopicDeed&) const = default;
};

/// What came of a deed on this server.
struct DeedOutcome {
  std::string error;          ///< why a log did not confirm it, as a sentence; empty: it is done
  std::size_t receivers = 0;  ///< of a message
  EventHistory::Creation creation = EventHistory::Creation::existed;  ///< of post and create
  bool erased = false;
};

/// Does it now. `history` as for publish_message(); without one topics are neither created nor erased.
DeedOutcome perform(const TopicDeed& deed, Fanout& fanout, EventHistory* history);

}  // namespace threadmill::servers
