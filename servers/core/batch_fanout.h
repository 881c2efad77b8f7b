#pragma once
// A queue per topic in front of another fan-out: what was published since the last flush goes out as one
// piece.

#include <cstddef>
#include <string>
#include <vector>

#include "servers/core/fanout.h"
#include "servers/core/topic_map.h"

namespace threadmill::servers {

/// Many small publications become one contiguous batch that all subscribers share, so a subscriber costs one
/// reference and one write per batch instead of per message. Whoever owns it calls flush(); a batch that
/// grows past `batch_bytes` goes out by itself. Order within a topic is kept, order between topics is not.
/// All calls come from one thread.
class BatchFanout : public Fanout {
 public:
  explicit BatchFanout(Fanout& next, std::size_t batch_bytes = 256 << 10)
      : next_(next), batch_bytes_(batch_bytes) {}

  void join(std::string_view topic, Member& member) override;
  void leave(std::string_view topic, Member& member) override;
  std::size_t publish(std::string_view topic, std::string encoded) override;
  std::size_t member_count(std::string_view topic) override { return next_.member_count(topic); }
  std::vector<std::string> topics() override { return next_.topics(); }

  /// Hands every waiting batch to the next fan-out.
  void flush();

 private:
  struct Queue {
    std::string batch;
    std::size_t members = 0;
  };
  /// Sends out what waits for `topic`, so that who joins now does not get what was published before, and who
  /// leaves now still does.
  void flush_topic(std::string_view topic);

  Fanout& next_;
  std::size_t batch_bytes_;
  TopicMap<Queue> queues_;  ///< topics published to since the last flush
};

}  // namespace threadmill::servers
