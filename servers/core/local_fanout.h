#pragma once
// A fan-out for one thread: a table of topics.

#include "servers/core/fanout.h"
#include "servers/core/topic_map.h"

namespace threadmill::servers {

/// All calls come from one thread. Members must not join or leave from inside deliver().
class LocalFanout : public Fanout {
 public:
  void join(std::string_view topic, Member& member) override;
  void leave(std::string_view topic, Member& member) override;
  std::size_t publish(std::string_view topic, Publication publication) override;
  /// The same with one that is shared already.
  std::size_t publish_shared(std::string_view topic, const SharedPublication& publication);
  std::size_t member_count(std::string_view topic) override;
  std::vector<std::string> topics() override;

 private:
  TopicMap<std::vector<Member*>> members_by_topic_;
};

}  // namespace threadmill::servers
