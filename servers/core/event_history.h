#pragma once
// The latest messages of each topic as server-sent events, so that a client that was away can catch up.

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "servers/core/topic_map.h"

namespace threadmill::servers {

struct HistoryLimits {
  std::size_t topics = 1000;               ///< kept at once
  std::size_t messages = 256;              ///< of each topic; the oldest go
  std::size_t bytes_per_topic = 64 << 10;  ///< of encoded events; a longer one is delivered but not kept
};

/// Numbers every event of the process, whatever its topic, and keeps the latest of each topic that was
/// created. An id is "EPOCH-NUMBER": the epoch is another in each process, so that an id of an earlier one is
/// known to be. Used by one thread.
class EventHistory {
 public:
  explicit EventHistory(const HistoryLimits& limits = {}, std::string epoch = random_epoch());

  enum class Creation { created, existed, full };
  using InUse = std::function<bool(std::string_view topic)>;
  /// Where there are as many as may be, the one takes its place that is not `in_use` and was silent for
  /// longest; `full` where there is none. Not given: all are in use.
  Creation create(std::string_view topic, const InUse& in_use = nullptr);
  /// False when there was none.
  bool erase(std::string_view topic);
  bool keeps(std::string_view topic) const { return topics_.find(topic) != topics_.end(); }
  /// In no order.
  std::vector<std::string> topics() const;
  /// Messages kept of a topic; 0 for one that is not known.
  std::size_t message_count(std::string_view topic) const;
  const HistoryLimits& limits() const { return limits_; }

  /// Encodes a message as an event with the next id, and keeps it if the topic was created. Returns the bytes
  /// for the subscribers. What is not UTF-8 in it is replaced (U+FFFD): the format is text.
  std::string append(std::string_view topic, std::string_view payload);

  /// The next event's number is above `number`, and what came up to it of topics that are created from now on
  /// is not known here: for events that are numbered by a log (TopicLog), so that several servers number them
  /// alike.
  void skip_to(std::uint64_t number);

  /// Of the latest event of any topic; before the first, the id that resumes from the start.
  std::string last_id() const { return id_of(last_number_); }

  /// What a client that has seen `after` and subscribes to `topics` has missed, oldest first, at most
  /// `limit_bytes` of the newest. Ahead of it stands an event `gap` when something is known to be lost: when
  /// it is no longer kept, or `after` is not an id of this process. "0" asks for all that is kept.
  std::string replay(std::span<const std::string> topics, std::string_view after,
                     std::size_t limit_bytes) const;

 private:
  struct Event {
    std::uint64_t number;
    std::string bytes;
  };
  struct Topic {
    std::deque<Event> events;
    std::size_t bytes = 0;
    std::uint64_t used_at = 0;    ///< when it was created, or last published to: see uses_
    std::uint64_t forgotten = 0;  ///< number of the latest that is no longer kept
  };
  static std::string random_epoch();
  std::string id_of(std::uint64_t number) const;
  void keep(Topic& topic, const std::string& bytes);
  void forget(TopicMap<Topic>::iterator topic);
  /// False where none can go.
  bool make_place(const InUse& in_use);

  const HistoryLimits limits_;
  const std::string epoch_;
  std::uint64_t last_number_ = 0;
  std::uint64_t uses_ = 0;          ///< creations and publications so far: the order that they came in
  std::uint64_t erased_up_to_ = 0;  ///< number of the latest message of a topic that is no longer kept
  TopicMap<Topic> topics_;
};

}  // namespace threadmill::servers
