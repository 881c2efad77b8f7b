#pragma once
// A queue per topic in front of another fan-out: what was published since the last flush goes out as one
// piece.

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "servers/core/channel.h"
#include "servers/core/fanout.h"
#include "servers/core/topic_map.h"
#include "servers/options.h"

namespace threadmill::servers {

/// Many small publications become one contiguous batch that all subscribers share, so a subscriber costs one
/// reference and one write per batch instead of per message. Whoever owns it calls flush(); a batch that
/// grows past `batch_bytes` goes out by itself. Order within a topic is kept, order between topics is not,
/// but for faces of topics (channel.h): one stream of events has several, and resumes from one id. All calls
/// come from one thread.
class BatchFanout : public Fanout {
 public:
  BatchFanout(Fanout& next, std::size_t batch_bytes) : next_(next), batch_bytes_(batch_bytes) {}

  void join(std::string_view topic, Member& member) override;
  void leave(std::string_view topic, Member& member) override;
  std::size_t publish(std::string_view topic, Publication publication) override;
  std::size_t encode_and_publish(std::string_view topic, std::string_view payload, Encode& encode) override;
  std::size_t member_count(std::string_view topic) override { return next_.member_count(topic); }
  std::vector<std::string> topics() override { return next_.topics(); }

  /// Hands every waiting batch to the next fan-out.
  void flush();

  /// Batches that wait.
  std::size_t waiting() const { return waiting_; }

 private:
  struct Queue {
    bool waits() const { return !batch.bytes.empty(); }  // a sign of life is no message
    void add(Publication publication);
    void add(std::string_view topic, std::string_view payload, Encode& encode);
    void make_room();
    Publication take();

    Publication batch{{}, 0};
    std::size_t members = 0;      ///< when the first message of the batch came
    std::size_t usual_bytes = 0;  ///< how long the batch before was: room for so much is taken at once
  };
  using Queues = TopicMap<Queue>;  // an entry stays where it is until it is erased

  /// Where a publication to `topic` waits; null when nobody has joined it.
  Queues::value_type* queue_of(std::string_view topic);
  Queues::value_type* find(std::string_view topic);
  /// How many receive what was added to it. It may be sent out.
  std::size_t added(Queues::value_type& entry);
  /// Sends out what waits for `topic`, so that who joins now does not get what was published before, and who
  /// leaves now still does.
  void flush_topic(std::string_view topic);
  void send_out(Queues::value_type& entry);
  /// Sends out what waits for the face published to before, if that is another one than `topic`.
  void keep_order(std::string_view topic);

  Fanout& next_;
  std::size_t batch_bytes_;
  Queues queues_;  ///< topics published to since the last flush but one, so that a busy one stays
  Queues::value_type* latest_ = nullptr;  ///< published to last: most often the next one, too
  std::size_t waiting_ = 0;
  std::string last_reserved_;  ///< the face published to last
};

/// How long a batch may get: enough to make system calls cheap, and a part only of what may wait for one
/// connection.
inline std::size_t batch_limit_bytes(const ServeOptions& options) {
  return std::min<std::size_t>(256 << 10, options.outbox_bytes / 4);
}

}  // namespace threadmill::servers
